// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/block_routes.h"

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
  return route.type == RTN_BLACKHOLE && !route.destination.IsDefault() && IsCalicos(route);
}

bool IsUnreachableByBird(const Route& route) {
  return (route.type == RTN_UNREACHABLE || route.type == RTN_PROHIBIT) && route.table == RT_TABLE_MAIN &&
         OwnerOf(route) == RouteOwner::kBird;
}

bool MayBeBlock(const Prefix& prefix) {
  constexpr uint8_t kLargestIpv4 = 20, kLargestIpv6 = 116;
  return prefix.length >= (prefix.address.family == Family::kIpv4 ? kLargestIpv4 : kLargestIpv6) &&
         !prefix.IsSingleAddress();
}

LocalBlocks::LocalBlocks(const std::vector<Route>& routes) {
  for (const Route& route : routes) {
    // The same block with two metrics is still one.
    if (!IsLocalBlock(route) || (!blocks.empty() && blocks.back() == route.destination)) continue;
    blocks.push_back(route.destination);
    set_.Insert(route.destination);
  }
}

bool LocalBlocks::Contain(const IpAddress& address) const { return set_.Hold(address); }

bool IsWorkloadRoute(const Route& route, const LinkIndex& links) {
  return route.table == RT_TABLE_MAIN && route.type == RTN_UNICAST && !route.gateway &&
         route.destination.IsSingleAddress() && links.HasRole(route.link, LinkRole::kWorkload);
}

}  // namespace caliwatch
