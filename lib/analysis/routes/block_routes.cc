// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/block_routes.h"

#include <algorithm>

#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

bool IsCalicos(const Route& route) {
  const RouteOwner owner = OwnerOf(route);
  return route.table == RT_TABLE_MAIN && (owner == RouteOwner::kBird || owner == RouteOwner::kFelix);
}

}  // namespace

bool IsRemoteBlock(const Route& route) {
  return route.gateway && route.type == RTN_UNICAST && !route.destination.IsDefault() && IsCalicos(route);
}

bool IsRemoteBlock(const Route& route, const LinkIndex& links) {
  if (IsRemoteBlock(route)) return true;
  return OwnerOf(route) == RouteOwner::kBoot && route.gateway && route.table == RT_TABLE_MAIN &&
         route.type == RTN_UNICAST && !route.destination.IsDefault() && links.HasRole(route.link, LinkRole::kTunnel);
}

bool IsLocalBlock(const Route& route) {
  const bool ends_here = route.type == RTN_BLACKHOLE || route.type == RTN_UNREACHABLE || route.type == RTN_PROHIBIT;
  return ends_here && !route.destination.IsDefault() && IsCalicos(route);
}

LocalBlocks::LocalBlocks(const std::vector<Route>& routes) {
  for (const Route& route : routes)
    // The same block with two metrics is still one.
    if (IsLocalBlock(route) && (blocks.empty() || blocks.back() != route.destination))
      blocks.push_back(route.destination);
}

bool LocalBlocks::Contain(const IpAddress& address) const {
  return std::any_of(blocks.begin(), blocks.end(), [&](const Prefix& block) { return block.Contains(address); });
}

bool IsWorkloadRoute(const Route& route, const LinkIndex& links) {
  return route.table == RT_TABLE_MAIN && route.type == RTN_UNICAST && !route.gateway &&
         route.destination.IsSingleAddress() && links.HasRole(route.link, LinkRole::kWorkload);
}

}  // namespace caliwatch
