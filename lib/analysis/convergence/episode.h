// SPDX-License-Identifier: Apache-2.0
#pragma once

// An episode of convergence from its start to its summary.

#include <optional>
#include <string>
#include <vector>

#include "lib/analysis/convergence/convergence.h"

namespace caliwatch {

// Within an open episode, its start stays, and only the restarts are counted.
void OpenEpisode(ConvergenceState& state, BootTime start, BootTime last_start, int restarts);

// Notes when recovery ended and peers came up: BIRD's log has the moment; without it, BIRD's own times or this poll.
void StampEpisode(Episode& episode, const BirdView& seen, const BirdJournal& journal);

// Notes whom this poll saw waited for.
void NoteBlocking(Episode& episode, const std::vector<std::string>& protocols, BootTime now);

// Ends the open episode well once all conditions have held for two polls, badly when it lasts too long; else returns
// nothing.
std::optional<EpisodeSummary> MaybeClose(ConvergenceState& state, ConvergencePhase phase, const BirdView& seen,
                                         const ConvergenceLimits& limits);

}  // namespace caliwatch
