// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/bird_leftovers.h"

#include <algorithm>

#include "lib/analysis/routes/block_routes.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

bool IsOfBird(const Route& route, Family family) {
  return route.family() == family && route.table == RT_TABLE_MAIN && OwnerOf(route) == RouteOwner::kBird;
}

bool Hold(const std::vector<Prefix>& blocks, const IpAddress& address) {
  return std::any_of(blocks.begin(), blocks.end(), [&](const Prefix& block) { return block.Contains(address); });
}

}  // namespace

std::vector<const Route*> RoutesOfBird(const std::vector<Route>& routes, Family family) {
  std::vector<const Route*> found;
  for (const Route& route : routes)
    if (IsOfBird(route, family)) found.push_back(&route);
  return found;
}

bool RoutesProveBird(const Snapshot& node, Family family) {
  if (!node.routes.ok()) return false;
  const auto of_bird = [family](const Route& route) { return IsOfBird(route, family); };
  if (std::none_of(node.routes->begin(), node.routes->end(), of_bird)) return false;
  if (!node.links.ok()) return true;
  const LinkIndex links(*node.links);
  std::vector<Prefix> birds, felixs;
  std::vector<IpAddress> pods;
  for (const Route& route : *node.routes) {
    if (route.gateway || route.family() != family) continue;
    if (IsLocalBlock(route)) (of_bird(route) ? birds : felixs).push_back(route.destination);
    if (IsWorkloadRoute(route, links)) pods.push_back(route.destination.address);
  }
  if (pods.empty()) return felixs.empty();
  return std::any_of(pods.begin(), pods.end(), [&](const IpAddress& pod) { return Hold(birds, pod); });
}

}  // namespace caliwatch
