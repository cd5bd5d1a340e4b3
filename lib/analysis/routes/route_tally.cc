// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/route_tally.h"

#include <tuple>

#include <absl/container/flat_hash_map.h>

#include "lib/analysis/routes/block_routes.h"

namespace caliwatch {

namespace {

std::vector<size_t> PlacesOfSeveral(const std::vector<Route>& routes) {
  std::vector<size_t> places;
  bool known = false;  // that there are several to this destination
  for (size_t i = 1; i < routes.size(); ++i) {
    const bool same = routes[i].destination == routes[i - 1].destination;
    if (same && !known) places.push_back(i - 1);
    known = same;
  }
  return places;
}

}  // namespace

RouteTally TallyOf(const std::vector<Route>& routes) {
  RouteTally tally;
  absl::flat_hash_map<std::tuple<IpAddress, Family, RouteOwner>, size_t> places;
  for (const Route& route : routes) {
    if (route.table != RT_TABLE_MAIN) continue;
    const RouteOwner owner = OwnerOf(route);
    const Family family = route.family();
    tally.made_by_bird[family] += owner == RouteOwner::kBird && route.hop == 0;
    tally.unreachable_by_bird[family] += IsUnreachableByBird(route);
    if (!route.gateway) continue;
    const auto [place, is_new] = places.try_emplace({*route.gateway, family, owner}, tally.gateways.size());
    if (is_new) tally.gateways.push_back({family, owner, *route.gateway});
    ++tally.gateways[place->second].routes;
  }
  tally.several = PlacesOfSeveral(routes);
  return tally;
}

}  // namespace caliwatch
