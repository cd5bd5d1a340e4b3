// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/local_blocks.h"

#include "lib/analysis/report.h"

namespace caliwatch {

std::vector<Prefix> LocalBlocks(const std::vector<Route>& routes) {
  std::vector<Prefix> blocks;
  for (const Route& route : routes) {
    if (route.table != RT_TABLE_MAIN || route.type != RTN_BLACKHOLE) continue;
    const RouteOwner owner = OwnerOf(route);
    const bool by_calico = owner == RouteOwner::kBird || owner == RouteOwner::kFelix;
    // The same block with two metrics is still one.
    if (by_calico && (blocks.empty() || blocks.back() != route.destination)) blocks.push_back(route.destination);
  }
  return blocks;
}

}  // namespace caliwatch
