// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/felix_routes.h"

#include <algorithm>

#include "lib/analysis/routes/block_routes.h"
#include "lib/model/route_owner.h"

namespace caliwatch {

bool FelixLeadsRoutes(Family family, const RemoteNodes& nodes, const std::vector<Route>& routes) {
  bool by_felix = false;
  for (const RemoteNode& node : nodes.rows) {
    if (node.family != family || node.blocks + node.hosts == 0) continue;
    if (node.by_bird) return false;
    by_felix |= node.by_felix;
  }
  return by_felix && std::none_of(routes.begin(), routes.end(), [&](const Route& route) {
           return route.destination.address.family == family && IsLocalBlock(route) &&
                  OwnerOf(route) == RouteOwner::kBird;
         });
}

}  // namespace caliwatch
