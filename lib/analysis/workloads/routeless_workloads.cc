// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/routeless_workloads.h"

#include <algorithm>
#include <set>
#include <utility>

#include <absl/container/flat_hash_map.h>

#include "lib/analysis/workloads/live_migration.h"

namespace caliwatch {
namespace {

// How many addresses make it one thing that befell all of them.
constexpr size_t kSeveral = 2;

using LinksByName = absl::flat_hash_map<absl::string_view, const Link*>;

LinksByName ByName(const std::vector<Link>& links) {
  LinksByName by_name;
  by_name.reserve(links.size());
  for (const Link& link : links) by_name[link.name] = &link;
  return by_name;
}

RoutelessWorkload RowOf(const WorkloadAddress& workload, const Link& link,
                        const absl::StatusOr<WorkloadNeighbors>& neighbors) {
  return {workload, link.up && link.carrier, neighbors.ok() && neighbors->IsAnswering(workload.address, link.index)};
}

// By endpoint-status.
absl::StatusOr<RoutelessWorkloads> AmongWanted(const std::vector<WorkloadAddress>& wanted, const Snapshot& node,
                                               const HostRoutes& host_routes, const LocalBlocks& local,
                                               const absl::StatusOr<WorkloadNeighbors>& neighbors) {
  const LinksByName links = ByName(*node.links);
  const LinkIndex index(*node.links);
  RoutelessWorkloads found;
  std::optional<PrefixSet> remote;  // made when one asks
  const IpAddress* last = nullptr;
  for (const WorkloadAddress& workload : wanted) {
    if (last != nullptr && *last == workload.address) continue;
    const Link& link = *links.at(workload.interface);
    last = &workload.address;
    if (!host_routes.To(workload.address).empty()) {
      ++found.routed[workload.address.family];
      continue;
    }
    if (!local.Contain(workload.address)) {
      if (!neighbors.ok()) return neighbors.status();
      if (!remote) remote = RemoteBlocksOf(*node.routes, index);
      if (MayBeAwaited(workload.address, link.index, local, *remote, *neighbors)) continue;
    }
    found.rows.push_back(RowOf(workload, link, neighbors));
  }
  return found;
}

RoutelessWorkloads AmongAnswering(const WorkloadNeighbors& neighbors, const Snapshot& node,
                                  const HostRoutes& host_routes, const LocalBlocks& local) {
  const LinkIndex index(*node.links);
  std::set<std::pair<Family, int>> routed;
  RoutelessWorkloads found;
  for (const Route& route : *node.routes) {
    if (!IsHostRoute(route)) continue;
    routed.emplace(route.family(), route.link);
    found.routed[route.family()] += IsWorkloadRoute(route, index);
  }
  for (const auto& [address, links] : neighbors.links_by_address())
    if (links.size() == 1 && local.Contain(address) && host_routes.To(address).empty() &&
        routed.count({address.family, links.front()->index}) == 0)
      found.rows.push_back(RowOf({address, links.front()->name, "", std::nullopt}, *links.front(), neighbors));
  return found;
}

}  // namespace

bool RoutelessWorkloads::AreAll(Family family) const {
  const auto is_hit = [&](const RoutelessWorkload& row) {
    // Without a file that names it, one that is silent may have ended.
    return row.at.address.family == family && row.up && (row.answering || !row.at.owner.empty());
  };
  return routed[family] == 0 && static_cast<size_t>(std::count_if(rows.begin(), rows.end(), is_hit)) >= kSeveral;
}

absl::StatusOr<RoutelessWorkloads> RoutelessWorkloadsOf(const Snapshot& node,
                                                        const absl::StatusOr<WantedWorkloads>& wanted,
                                                        const absl::StatusOr<HostRoutes>& routes,
                                                        const absl::StatusOr<LocalBlocks>& local,
                                                        const absl::StatusOr<WorkloadNeighbors>& neighbors) {
  const bool by_neighbors = absl::IsNotFound(node.endpoints.status());
  if (!by_neighbors && !wanted.ok()) return wanted.status();
  if (!node.links.ok()) return node.links.status();
  if (!routes.ok()) return routes.status();
  if (!by_neighbors) return AmongWanted(wanted->rows, node, *routes, *local, neighbors);
  if (!neighbors.ok()) return neighbors.status();
  return AmongAnswering(*neighbors, node, *routes, *local);
}

}  // namespace caliwatch
