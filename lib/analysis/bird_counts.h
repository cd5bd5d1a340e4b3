// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "lib/analysis/family_view.h"
#include "lib/analysis/memory.h"

namespace caliwatch {

// Counts how often BIRD took over a configuration, or refused one. Its log tells each; without it, a poll tells of one
// at most, and of refused ones nothing.
class BirdCounter {
 public:
  void Follow(const FamilyView& seen, BirdCounts& counts);

 private:
  std::optional<BootTime> reconfigured_;  // last, by BIRD's own telling
};

}  // namespace caliwatch
