// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/convergence/convergence_report.h"

#include <algorithm>
#include <utility>

#include "lib/analysis/convergence/prefix_walk.h"

namespace caliwatch {
namespace {

std::vector<ExpectedRoute> RoutesTo(const std::vector<Prefix>& destinations, const std::vector<ExpectedRoute>& routes) {
  std::vector<ExpectedRoute> found;
  if (destinations.empty()) return found;
  std::copy_if(
      routes.begin(), routes.end(), std::back_inserter(found),
      [walk = PrefixWalk(destinations)](const ExpectedRoute& route) mutable { return walk.Holds(route.destination); });
  return found;
}

std::vector<BlockingPeer> BlockingPeersFrom(const std::vector<std::string>& protocols, const BirdView& seen) {
  std::vector<BlockingPeer> blocking;
  if (protocols.empty()) return blocking;
  blocking.reserve(protocols.size());
  const PeersByName peers = seen.peers != nullptr ? IndexPeers(*seen.peers) : PeersByName();
  for (const std::string& protocol : protocols) {
    const BgpPeer* peer = FindPeer(peers, protocol);
    if (peer == nullptr)
      blocking.push_back({protocol, protocol});
    else
      blocking.push_back({protocol, peer->DisplayName(), peer->kind, peer->IsPassive()});
  }
  return blocking;
}

ConvergenceReport ReportOf(ConvergenceStep step, const ConvergenceState& state, const BirdView& seen) {
  ConvergenceReport report{
      .phase = step.phase,
      .elapsed = step.elapsed,
      .blocking_peers = BlockingPeersFrom(step.blocking_peers, seen),
      .missing_routes = step.missing.size(),
      .gap = state.episode ? state.gaps.At(seen.now) : (state.past.empty() ? RouteGap{} : state.past.back().gap),
      .counts = state.counts,
      .past = state.past,
      .ended = std::move(step.ended)};
  return report;
}

}  // namespace

Convergence FollowConvergence(PerFamily<ConvergenceState>& states, const PerFamily<bool>& bird_expected,
                              const PerFamily<BirdView>& birds, const Journal& journal,
                              const ConvergenceLimits& limits) {
  Convergence convergence;
  for (const Family family : kFamilies) {
    if (!bird_expected[family]) continue;
    ConvergenceStep step = Advance(states[family], birds[family], journal, limits);
    convergence.asks_bird[family] = step.asks_bird;
    convergence.missing_routes[family] = RoutesTo(step.missing, states[family].expected.routes);
    convergence.silent_peers[family] = step.silent_peers;
    convergence.reports[family] = ReportOf(std::move(step), states[family], birds[family]);
  }
  return convergence;
}

}  // namespace caliwatch
