// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "lib/model/felix.h"

namespace caliwatch {

// Since when Felix has been as it is, as far as polls have seen it.
class FelixHistory {
 public:
  // What one poll, at `now`, got of it. Returns since when it has been ready, live but not ready, not live, or has not
  // answered.
  absl::Time Follow(const absl::StatusOr<FelixHealth>& health, absl::Time now);

 private:
  enum class State { kReady, kNotReady, kNotLive, kNoAnswer };
  static State StateOf(const absl::StatusOr<FelixHealth>& health);

  std::optional<State> state_;
  absl::Time since_;
};

}  // namespace caliwatch
