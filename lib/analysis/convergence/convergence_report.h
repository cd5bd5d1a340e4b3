// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "lib/analysis/convergence/convergence.h"

namespace caliwatch {

struct BlockingPeer {
  std::string protocol;
  std::string address;  // or the protocol's name again, where BIRD has none
  PeerKind kind = PeerKind::kOther;
  bool passive = false;  // it has to dial, we wait

  bool operator==(const BlockingPeer&) const = default;
};

// How far one family is with coming back after a restart of BIRD; see convergence.h.
struct ConvergenceReport {
  ConvergencePhase phase = ConvergencePhase::kConverged;
  absl::Duration elapsed;
  std::vector<BlockingPeer> blocking_peers;
  size_t missing_routes = 0;
  RouteGap gap;  // of the open episode, or of the last
  ConvergenceCounts counts;
  std::deque<EpisodeSummary> past;      // of the last episodes, oldest first
  std::optional<EpisodeSummary> ended;  // by this poll

  const EpisodeSummary* last() const { return past.empty() ? nullptr : &past.back(); }
};

// What one poll made of the convergence of both families. Of one that this node runs no BIRD for, nothing.
struct Convergence {
  PerFamily<ConvergenceReport> reports;
  PerFamily<bool> asks_bird;                             // ConvergenceStep::asks_bird
  PerFamily<std::vector<std::string>> silent_peers;      // SilentPeers() of expectation.h
  PerFamily<std::vector<ExpectedRoute>> missing_routes;  // expected ones that the kernel lacks
};

Convergence FollowConvergence(PerFamily<ConvergenceState>& states, const PerFamily<bool>& bird_expected,
                              const PerFamily<BirdView>& birds, const Journal& journal,
                              const ConvergenceLimits& limits);

}  // namespace caliwatch
