// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/kernel_report.h"

#include <utility>

namespace caliwatch {
namespace {

// Counts by key. Rows that count alike stand side by side: only where the key changes it is looked up.
template <class Counts>
class Counter {
 public:
  explicit Counter(Counts& counts) : counts_(counts) {}

  void Count(const typename Counts::key_type& key) {
    if (last_ == nullptr || last_->first != key) last_ = &*counts_.try_emplace(key).first;
    ++last_->second;
  }

 private:
  Counts& counts_;
  typename Counts::value_type* last_ = nullptr;
};

// Each bit that the kernel may set, and none.
constexpr uint16_t kNeighborStates[] = {NUD_NONE,  NUD_INCOMPLETE, NUD_REACHABLE, NUD_STALE,    NUD_DELAY,
                                        NUD_PROBE, NUD_FAILED,     NUD_NOARP,     NUD_PERMANENT};

RouteKind KindOf(const Route& route) {
  if (route.type == RTN_UNICAST) return RouteKind::kUnicast;
  return route.type == RTN_BLACKHOLE ? RouteKind::kBlackhole : RouteKind::kOther;
}

absl::StatusOr<RouteCountsByOwner> CountRoutes(const Table<Route>& routes) {
  if (!routes.ok()) return routes.status();
  RouteCountsByOwner counts;
  for (const Family family : kFamilies)
    for (const RouteOwner owner : kRouteOwners)
      for (const RouteKind kind : {RouteKind::kBlackhole, RouteKind::kOther, RouteKind::kUnicast})
        counts[{family, owner, kind}] = 0;
  Counter counter(counts);
  for (const Route& route : *routes)
    if (route.table == RT_TABLE_MAIN && route.hop == 0) counter.Count({route.family(), OwnerOf(route), KindOf(route)});
  return counts;
}

absl::StatusOr<NeighborCounts> CountNeighbors(const Table<Neighbor>& neighbors,
                                              const absl::StatusOr<LinkIndex>& links) {
  if (absl::Status unread = FirstError({neighbors.status(), links.status()}); !unread.ok()) return unread;
  NeighborCounts counts;
  for (const Family family : kFamilies)
    for (const LinkRole role : {LinkRole::kWorkload, LinkRole::kTunnel, LinkRole::kHost})
      for (const uint16_t state : kNeighborStates) counts[{family, role, NeighborStateName(state)}] = 0;
  Counter counter(counts);
  for (const Neighbor& neighbor : *neighbors) {
    const Link* link = links->Find(neighbor.link);
    counter.Count(
        {neighbor.address.family, link != nullptr ? link->role : LinkRole::kHost, NeighborStateName(neighbor.state)});
  }
  return counts;
}

absl::StatusOr<WorkloadInterfaces> CountWorkloadInterfaces(const Table<Link>& links) {
  if (!links.ok()) return links.status();
  WorkloadInterfaces counts;
  for (const Link& link : *links)
    if (link.IsWorkload()) ++(link.up && link.carrier ? counts.up : counts.down);
  return counts;
}

absl::StatusOr<std::vector<BlockUse>> CountBlockUse(const absl::StatusOr<LocalBlocks>& local,
                                                    const absl::StatusOr<Workloads>& workloads) {
  if (absl::Status unread = FirstError({local.status(), workloads.status()}); !unread.ok()) return unread;
  return BlockUseOf(*local, *workloads);
}

}  // namespace

absl::string_view ToString(RouteKind kind) {
  switch (kind) {
    case RouteKind::kUnicast:
      return "unicast";
    case RouteKind::kBlackhole:
      return "blackhole";
    case RouteKind::kOther:
      break;
  }
  return "other";
}

KernelReport ReportKernel(const Snapshot& shown, Derived derived) {
  const auto& links = std::get<absl::StatusOr<LinkIndex>>(derived);
  return {.routes = CountRoutes(shown.routes),
          .neighbors = CountNeighbors(shown.neighbors, links),
          .duplicates = std::move(std::get<absl::StatusOr<DuplicateNeighbors>>(derived)),
          .neighbor_limits = shown.neighbor_limits,
          .workload_interfaces = CountWorkloadInterfaces(shown.links),
          .block_use = CountBlockUse(std::get<absl::StatusOr<LocalBlocks>>(derived),
                                     std::get<absl::StatusOr<Workloads>>(derived))};
}

}  // namespace caliwatch
