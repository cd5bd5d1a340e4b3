// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a family is expected to have, brought up to date by each poll.

#include <vector>

#include "lib/analysis/convergence/convergence.h"

namespace caliwatch {

// Outside an episode: what is up is expected from now on; what has been down for `forget_peer` no longer is.
void UpdateExpectedPeers(ConvergenceState& state, const BirdView& seen, absl::Duration forget_peer);

// Outside an episode: what the kernel has is expected; what it no longer has stays expected until somebody explains it.
void UpdateExpectedRoutes(ConvergenceState& state, const RemoteRoutes& kernel, const std::vector<Prefix>& missing);

// Routes whose announcer is down went with it; nothing is wrong with the kernel. Returns whether there were any.
bool DropRoutesOfDownPeers(ConvergenceState& state, const std::vector<BgpPeer>& peers,
                           const std::vector<Prefix>& missing);

// Settles what is expected of destinations in doubt: what `truth`, all of the routes that are due, has of them.
void ResolveDoubtfulRoutes(ConvergenceState& state, const RouteComparison& doubt,
                           const std::vector<ExpectedRoute>& truth);

}  // namespace caliwatch
