// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lib/analysis/convergence/convergence.h"

namespace caliwatch {

// Notices that BIRD went away, came back, or is another one than before, and opens an episode for it. Evidence, best
// first: another socket file, made by another process; an uptime that fell.
void FollowBirdRestart(ConvergenceState& state, const BirdView& seen, const BirdJournal& journal,
                       const ConvergenceLimits& limits);

}  // namespace caliwatch
