// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/route_diff.h"

namespace caliwatch {
namespace {

bool LeadsTheSameWay(const Route& a, const Route& b) {
  return a.gateway == b.gateway && a.link == b.link && a.type == b.type && a.protocol == b.protocol &&
         a.nexthop_id == b.nexthop_id;
}

}  // namespace

void DiffRoutes(const std::vector<Route>& before, const std::vector<Route>& after,
                absl::FunctionRef<void(const Route&)> removed, absl::FunctionRef<void(const Route&)> added) {
  auto old_route = before.begin();
  auto new_route = after.begin();
  while (old_route != before.end() && new_route != after.end()) {
    const auto order = old_route->CompareKey(*new_route);
    if (order < 0) {
      removed(*old_route++);
    } else if (order > 0) {
      added(*new_route++);
    } else {
      if (!LeadsTheSameWay(*old_route, *new_route)) removed(*old_route), added(*new_route);
      ++old_route, ++new_route;
    }
  }
  for (; old_route != before.end(); ++old_route) removed(*old_route);
  for (; new_route != after.end(); ++new_route) added(*new_route);
}

RouteChangeCounts NoRouteChanges() {
  RouteChangeCounts counts;
  for (const Family family : kFamilies)
    for (const RouteOwner owner : kRouteOwners)
      for (const RouteChange change : {RouteChange::kAdded, RouteChange::kRemoved}) counts[{family, owner, change}] = 0;
  return counts;
}

void CountRouteChanges(const Table<Route>& before, const Table<Route>& after, RouteChangeCounts& counts,
                       absl::FunctionRef<void(RouteChange, const Route&)> each) {
  if (!before.ok() || !after.ok()) return;
  const auto count = [&](RouteChange change) {
    return [&counts, &each, change](const Route& route) {
      if (route.table != RT_TABLE_MAIN) return;
      ++counts[{route.family(), OwnerOf(route), change}];
      each(change, route);
    };
  };
  DiffRoutes(*before, *after, count(RouteChange::kRemoved), count(RouteChange::kAdded));
}

}  // namespace caliwatch
