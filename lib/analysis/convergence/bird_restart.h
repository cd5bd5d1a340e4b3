// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lib/analysis/convergence/convergence.h"

namespace caliwatch {

// BIRD 1.x prints whole seconds, projects them anew each time, and its clock stands still between two turns of its
// loop: one moment told twice differs by up to 3.3 s.
inline constexpr absl::Duration kBirdJitter = absl::Seconds(4);

// Notices that BIRD went away, came back, or is another one than before, and opens an episode for it. Evidence, best
// first: another socket file, made by another process; an uptime that fell.
void FollowBirdRestart(ConvergenceState& state, const BirdView& seen, const ConvergenceLimits& limits);

}  // namespace caliwatch
