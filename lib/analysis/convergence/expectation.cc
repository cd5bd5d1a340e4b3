// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/convergence/expectation.h"

#include <algorithm>
#include <optional>

#include <absl/container/flat_hash_set.h>

#include "lib/model/bird_clock.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

// BIRD's longest graceful-restart recovery, and a minute: a peer that is silent for longer has nothing to say.
constexpr absl::Duration kLongestSilence = absl::Minutes(5);

void Order(std::vector<ExpectedRoute>& routes) {
  if (!std::is_sorted(routes.begin(), routes.end())) std::sort(routes.begin(), routes.end());
  routes.erase(std::unique(routes.begin(), routes.end()), routes.end());
}

using Row = std::vector<ExpectedRoute>::const_iterator;

Row EndOfDestination(Row row, Row end) {
  return std::find_if(row, end, [row](const ExpectedRoute& other) { return other.destination != row->destination; });
}

// Peers' addresses and gateways that were expected before. Collected when somebody asks: where BIRD makes all routes,
// nobody does.
class KnownGateways {
 public:
  KnownGateways(const BirdView& seen, const Expectation& expected) : seen_(seen), expected_(expected) {}

  bool Contain(const IpAddress& gateway) {
    if (!gateways_) Collect();
    return gateways_->contains(gateway);
  }

 private:
  void Collect() {
    gateways_.emplace();
    for (const ExpectedRoute& route : expected_.routes) gateways_->insert(route.gateway);
    if (seen_.peers == nullptr) return;
    for (const BgpPeer& peer : *seen_.peers)
      if (peer.address) gateways_->insert(*peer.address);
  }

  const BirdView& seen_;
  const Expectation& expected_;
  std::optional<absl::flat_hash_set<IpAddress>> gateways_;
};

}  // namespace

RemoteRoutes RemoteRoutesOf(const BirdView& seen, const Expectation& expected) {
  RemoteRoutes remote;
  KnownGateways gateways(seen, expected);
  remote.rows.reserve(expected.routes.size());  // as many as last time
  for (const Route& route : *seen.routes) {
    if (route.family() != seen.family || route.table != RT_TABLE_MAIN || route.type != RTN_UNICAST || !route.gateway)
      continue;
    // Where Felix owns the blocks of an IPIP pool, the gateway still is the peer that BIRD learned them from.
    const RouteOwner owner = OwnerOf(route);
    const bool by_felix = owner == RouteOwner::kFelix && gateways.Contain(*route.gateway);
    if (owner == RouteOwner::kBird || by_felix) remote.rows.push_back({route.destination, *route.gateway});
    remote.felix_routes |= by_felix;
    remote.by_bird_alone &= owner != RouteOwner::kFelix;
  }
  Order(remote.rows);
  return remote;
}

std::vector<ExpectedRoute> BestRoutes(const std::vector<BirdRoute>& bird_routes) {
  std::vector<ExpectedRoute> routes;
  for (const BirdRoute& route : bird_routes) {
    if (!route.best || route.type != BirdRouteType::kUnicast) continue;
    for (const BirdNextHop& hop : route.next_hops)
      if (hop.gateway) routes.push_back({route.destination, *hop.gateway});
  }
  Order(routes);
  return routes;
}

RouteComparison Compare(const std::vector<ExpectedRoute>& expected, const std::vector<ExpectedRoute>& kernel) {
  if (expected == kernel) return {};  // as at nearly every poll
  RouteComparison comparison;
  Row have = kernel.begin();
  for (Row want = expected.begin(); want != expected.end();) {
    const Row want_end = EndOfDestination(want, expected.end());
    while (have != kernel.end() && have->destination < want->destination) ++have;
    if (have == kernel.end() || have->destination != want->destination) {
      comparison.missing.push_back(want->destination);
    } else {
      const Row have_end = EndOfDestination(have, kernel.end());
      if (!std::equal(want, want_end, have, have_end)) comparison.different.push_back(want->destination);
      have = have_end;
    }
    want = want_end;
  }
  return comparison;
}

std::vector<std::string> SilentPeers(const Expectation& expected, const BirdView& seen) {
  std::vector<std::string> silent;
  for (const BgpPeer& peer : *seen.peers) {
    if (!peer.IsUp() || !peer.routes || peer.routes->imported != 0) continue;
    const auto before = expected.peers.find(peer.name);
    if (before == expected.peers.end() || before->second.routes == 0) continue;
    const bool is_new =
        peer.age && *peer.age < kLongestSilence && seen.now - *peer.age > before->second.session_start + kBirdJitter;
    if (is_new) silent.push_back(peer.name);
  }
  std::sort(silent.begin(), silent.end());
  return silent;
}

}  // namespace caliwatch
