// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/live_migration.h"

namespace caliwatch {

bool MayBeAwaited(const IpAddress& address, int link, const LocalBlocks& local, const PrefixSet& remote,
                  const WorkloadNeighbors& neighbors) {
  return !local.Contain(address) && !neighbors.HasAnswered(address, link) && remote.Hold(address);
}

PrefixSet RemoteBlocksOf(const std::vector<Route>& routes, const LinkIndex& links) {
  PrefixSet blocks;
  for (const Route& route : routes)
    if (IsRemoteBlock(route, links)) blocks.Insert(route.destination);
  return blocks;
}

bool MayBeOnItsWay(const Route& best, const Route* own, const IpAddress& address, int link,
                   const WorkloadNeighbors& neighbors) {
  if (!best.gateway) return false;
  if (own == nullptr) return !neighbors.HasAnswered(address, link);
  return best.metric != 0 && best.metric < own->metric;
}

}  // namespace caliwatch
