// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/convergence/expectation_update.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "lib/analysis/convergence/prefix_walk.h"
#include "lib/model/bird_clock.h"

namespace caliwatch {
namespace {

// What stands before `middle` and what stands behind it is sorted each.
void MergeFrom(size_t middle, std::vector<ExpectedRoute>& routes) {
  std::inplace_merge(routes.begin(), routes.begin() + static_cast<ptrdiff_t>(middle), routes.end());
}

// Which of `sorted` none of the routes leads to.
std::vector<Prefix> WithoutRoute(const std::vector<Prefix>& sorted, const std::vector<ExpectedRoute>& routes) {
  std::vector<Prefix> without;
  auto route = routes.begin();
  for (const Prefix& prefix : sorted) {
    while (route != routes.end() && route->destination < prefix) ++route;
    if (route == routes.end() || route->destination != prefix) without.push_back(prefix);
  }
  return without;
}

void UpdateAnnouncements(const BgpPeer& peer, bool silent, BootTime now, ExpectedPeer& expected) {
  const uint32_t imported = peer.routes ? peer.routes->imported : 0;
  const BootTime session_start = now - peer.age.value_or(absl::ZeroDuration());
  const bool is_new = imported != expected.routes || session_start > expected.session_start + kBirdJitter;
  if (is_new && !silent) expected = {imported, session_start};
}

}  // namespace

void UpdateExpectedPeers(ConvergenceState& state, const BirdView& seen, absl::Duration forget_peer) {
  const std::vector<std::string> silent = SilentPeers(state.expected, seen);
  const PeersByName peers = IndexPeers(*seen.peers);
  std::erase_if(state.expected.peers, [&](const auto& entry) { return FindPeer(peers, entry.first) == nullptr; });
  for (const BgpPeer& peer : *seen.peers) {
    if (peer.IsUp()) {
      const bool is_silent = std::binary_search(silent.begin(), silent.end(), peer.name);
      UpdateAnnouncements(peer, is_silent, seen.now, state.expected.peers[peer.name]);
      state.peer_down.erase(peer.name);
      continue;
    }
    if (seen.now - state.peer_down.try_emplace(peer.name, seen.now).first->second >= forget_peer)
      state.expected.peers.erase(peer.name);
  }
}

void UpdateExpectedRoutes(ConvergenceState& state, const RemoteRoutes& kernel, const std::vector<Prefix>& missing) {
  Expectation& expected = state.expected;
  expected.felix_routes = kernel.felix_routes || (expected.felix_routes && !missing.empty());
  if (missing.empty()) {
    if (expected.routes != kernel.rows) expected.routes = kernel.rows;
    return;
  }
  std::vector<ExpectedRoute> learned = kernel.rows;
  PrefixWalk walk(missing);
  for (const ExpectedRoute& route : expected.routes)
    if (walk.Holds(route.destination)) learned.push_back(route);
  MergeFrom(kernel.rows.size(), learned);
  expected.routes = std::move(learned);
}

bool DropRoutesOfDownPeers(ConvergenceState& state, const std::vector<BgpPeer>& peers,
                           const std::vector<Prefix>& missing) {
  std::set<IpAddress> down;
  for (const BgpPeer& peer : peers)
    if (peer.address && !peer.IsUp()) down.insert(*peer.address);
  if (down.empty()) return false;
  PrefixWalk walk(missing);
  return std::erase_if(state.expected.routes, [&](const ExpectedRoute& route) {
           const bool lost = down.count(route.gateway) != 0 && walk.Holds(route.destination);
           if (lost) state.gaps.Forget(route.destination);
           return lost;
         }) != 0;
}

void ResolveDoubtfulRoutes(ConvergenceState& state, const RouteComparison& doubt,
                           const std::vector<ExpectedRoute>& truth) {
  std::vector<ExpectedRoute>& expected = state.expected.routes;
  const auto in_doubt = [missing = PrefixWalk(doubt.missing),
                         different = PrefixWalk(doubt.different)](const auto& route) mutable {
    return missing.Holds(route.destination) || different.Holds(route.destination);
  };
  std::erase_if(expected, in_doubt);
  const size_t certain = expected.size();
  std::copy_if(truth.begin(), truth.end(), std::back_inserter(expected), in_doubt);
  MergeFrom(certain, expected);
  state.gaps.Forget(WithoutRoute(doubt.missing, truth));
}

}  // namespace caliwatch
