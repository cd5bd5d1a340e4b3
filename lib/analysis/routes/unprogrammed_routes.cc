// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/unprogrammed_routes.h"

#include <algorithm>
#include <map>
#include <set>

#include <absl/container/flat_hash_map.h>

#include "lib/analysis/routes/route_counters.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

struct KernelRoute {
  bool by_bird = false;
  std::vector<IpAddress> gateways;
};

using KernelRoutes = std::map<Prefix, KernelRoute>;

KernelRoutes RoutesOf(const BirdView& seen) {
  KernelRoutes routes;
  for (const Route& route : *seen.routes) {
    if (route.family() != seen.family || route.table != RT_TABLE_MAIN) continue;
    KernelRoute& entry = routes[route.destination];
    entry.by_bird |= OwnerOf(route) == RouteOwner::kBird;
    if (route.gateway) entry.gateways.push_back(*route.gateway);
  }
  return routes;
}

// Those that the kernel has because of its own addresses, and BIRD does not know.
std::vector<Prefix> ForgottenNetworks(const std::vector<BirdRoute>& bird_routes, const BirdView& seen) {
  std::vector<Prefix> networks;
  for (const Route& route : *seen.routes)
    if (route.family() == seen.family && route.table == RT_TABLE_MAIN && OwnerOf(route) == RouteOwner::kKernel &&
        !route.gateway && !route.destination.IsSingleAddress() &&
        std::none_of(bird_routes.begin(), bird_routes.end(),
                     [&](const BirdRoute& known) { return known.destination == route.destination; }))
      networks.push_back(route.destination);
  return networks;
}

// BIRD that has lost its direct route, as with one of two addresses of a network, reaches its neighbors by the default
// gateway. A router's routes may lead anywhere.
bool IsDetour(const KernelRoute& kernel, const BgpPeer& peer, const std::vector<Prefix>& forgotten) {
  if (peer.kind != PeerKind::kMesh || !peer.address) return false;
  const auto& gateways = kernel.gateways;
  return std::find(gateways.begin(), gateways.end(), *peer.address) == gateways.end() &&
         std::any_of(forgotten.begin(), forgotten.end(),
                     [&](const Prefix& network) { return network.Contains(*peer.address); });
}

// The gateway is known for sure in a mesh only: there, a tunnel's route leads to the peer itself, though BIRD may reach
// it by way of a router.
bool LeadsTo(const KernelRoute& kernel, const IpAddress& gateway, const BgpPeer& peer) {
  const auto has = [&](const IpAddress& address) {
    return std::find(kernel.gateways.begin(), kernel.gateways.end(), address) != kernel.gateways.end();
  };
  return peer.kind != PeerKind::kMesh || has(gateway) || (peer.address && has(*peer.address));
}

}  // namespace

std::vector<UnprogrammedRoute> UnprogrammedRoutes(const std::vector<BirdRoute>& bird_routes, const BirdView& seen) {
  absl::flat_hash_map<absl::string_view, const BgpPeer*> peers;
  for (const BgpPeer& peer : *seen.peers) peers[peer.name] = &peer;
  const KernelRoutes kernel = RoutesOf(seen);
  const std::vector<Prefix> forgotten = ForgottenNetworks(bird_routes, seen);
  const bool fewer = RoutesLackingInKernel(seen).value_or(0) > 0;

  std::vector<UnprogrammedRoute> problems;
  for (const BirdRoute& route : bird_routes) {
    const auto peer = peers.find(route.protocol);
    if (!route.best || route.type != BirdRouteType::kUnicast || peer == peers.end()) continue;
    if (route.next_hops.empty() || !route.next_hops.front().gateway) continue;
    const IpAddress gateway = *route.next_hops.front().gateway;
    const auto entry = kernel.find(route.destination);
    const std::vector<IpAddress> gateways = entry != kernel.end() ? entry->second.gateways : std::vector<IpAddress>{};
    const auto add = [&](RouteProblem problem) {
      problems.push_back({route.destination, problem, gateway, peer->second->address, gateways});
    };
    const bool by_bird = entry != kernel.end() && entry->second.by_bird;
    const bool leads_there = entry != kernel.end() && LeadsTo(entry->second, gateway, *peer->second);
    if (by_bird && leads_there && IsDetour(entry->second, *peer->second, forgotten)) add(RouteProblem::kDetour);
    if (by_bird && leads_there) continue;  // whatever was before: BIRD's mark outlives the trouble
    if (route.kernel_refused)
      add(RouteProblem::kRefused);
    else if (entry == kernel.end() && fewer && !route.withheld)
      add(RouteProblem::kMissing);
    else if (by_bird)
      add(RouteProblem::kOtherGateway);
  }
  std::sort(problems.begin(), problems.end(),
            [](const auto& a, const auto& b) { return a.destination < b.destination; });
  return problems;
}

}  // namespace caliwatch
