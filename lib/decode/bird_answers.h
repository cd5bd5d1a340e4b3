// SPDX-License-Identifier: Apache-2.0
#pragma once

// BIRD's answers to rows. The grammar is BIRD's nest/cli.c: lines "CCCC-text" and, last, "CCCC text"; " text" continues
// the code before it; "+text" is a log line in between. Every function takes the answer of one question, of
// BIRD 1.6, 2.x or 3.x, and fails with FailedPrecondition when it is a refusal (8xxx, 9xxx), with InvalidArgument when
// it is no whole answer; both name the line. Lines and words that they do not know they pass over.

#include <optional>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/model/bird.h"

namespace caliwatch {

// BIRD's wall clock, which shows its container's local time without naming the zone: only differences mean anything.
// `now` is what it prints, read as UTC; absent when BIRD is configured to print it in a format of the user's own.
struct BirdClock {
  std::optional<absl::Time> now;
};

absl::StatusOr<BirdStatus> BirdStatusFrom(absl::string_view show_status);
absl::StatusOr<BirdClock> BirdClockFrom(absl::string_view show_status);

struct BirdProtocols {
  std::vector<BirdProtocol> others;  // kernel1, device1, static1, …
  std::vector<BgpPeer> peers;
};

// From `show protocols all`, or from `show protocols`, which leaves the details empty. `clock` is of the same moment.
absl::StatusOr<BirdProtocols> BirdProtocolsFrom(absl::string_view show_protocols, const BirdClock& clock);

// From `show route`, with or without `all`.
absl::StatusOr<std::vector<BirdRoute>> BirdRoutesFrom(absl::string_view show_route, const BirdClock& clock);

}  // namespace caliwatch
