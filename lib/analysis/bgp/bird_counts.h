// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "lib/analysis/state/persistent_state.h"
#include "lib/model/bird_view.h"

namespace caliwatch {

// Counts how often BIRD took over a configuration, or refused one. Its log tells each; without it, a poll tells of one
// at most, and of refused ones nothing.
class BirdCounter {
 public:
  void Follow(const BirdView& seen, BirdCounts& counts);

 private:
  std::optional<BootTime> reconfigured_;  // last, by BIRD's own telling
};

}  // namespace caliwatch
