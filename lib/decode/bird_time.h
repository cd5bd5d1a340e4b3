// SPDX-License-Identifier: Apache-2.0
#pragma once

// The times BIRD prints, in the formats it has names for (`timeformat … iso|old short|long`); of its user's own formats
// it knows nothing. BIRD's local time is read as UTC throughout.

#include <optional>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/decode/bird_answers.h"

namespace caliwatch {

struct BirdAge {
  absl::Duration age;         // never negative
  absl::Duration resolution;  // of the text: one second, one minute, or one day
};

// How long ago `text` is by BIRD's clock; absent when either has no format we know. A date alone counts from the start
// of its day.
std::optional<BirdAge> BirdAgeFrom(absl::string_view text, const BirdClock& clock);

// A date with a time of day.
std::optional<absl::Time> BirdTimeFrom(absl::string_view text);

// "235" or "235.360", in seconds.
std::optional<absl::Duration> BirdSecondsFrom(absl::string_view text);

}  // namespace caliwatch
