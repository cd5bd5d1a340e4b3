// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/live_migration.h"

#include <algorithm>

namespace caliwatch {

bool MayBeAwaited(const IpAddress& address, int link, const LocalBlocks& local, const std::vector<Route>& routes,
                  const LinkIndex& links, const WorkloadNeighbors& neighbors) {
  if (local.Contain(address) || neighbors.HasAnswered(address, link)) return false;
  return std::any_of(routes.begin(), routes.end(), [&](const Route& route) {
    return route.destination.Contains(address) && IsRemoteBlock(route, links);
  });
}

bool MayBeOnItsWay(const Route& best, const Route* own, const IpAddress& address, int link,
                   const WorkloadNeighbors& neighbors) {
  if (!best.gateway) return false;
  if (own == nullptr) return !neighbors.HasAnswered(address, link);
  return best.metric != 0 && best.metric < own->metric;
}

}  // namespace caliwatch
