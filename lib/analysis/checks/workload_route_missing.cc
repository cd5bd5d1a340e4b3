// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/routes/block_routes.h"

namespace caliwatch {
namespace {

std::string StateOf(absl::string_view interface, const std::vector<Link>& links) {
  for (const Link& link : links)
    if (link.name == interface && !link.up) return "; the interface is down, too";
  return "";
}

std::vector<Finding> WithoutRoute(const std::vector<WorkloadAddress>& workloads, const HostRoutes& routes,
                                  const std::vector<Link>& links, absl::string_view judged_by) {
  std::vector<Finding> findings;
  const IpAddress* last = nullptr;
  for (const WorkloadAddress& workload : workloads) {
    if ((last != nullptr && *last == workload.address) || !routes.To(workload.address).empty()) continue;
    last = &workload.address;
    findings.push_back({workload.address,
                        workload.address.family,
                        absl::StrCat("the kernel has no route to it, but ", Describe(workload), " has it",
                                     StateOf(workload.interface, links), judged_by),
                        "",
                        {InterfaceName{workload.interface}}});
  }
  return findings;
}

// Without endpoint-status: who answers to an address of this node's own blocks, at one workload interface that no route
// leads to, has lost its route.
std::vector<WorkloadAddress> AnsweringWithoutRoute(const WorkloadNeighbors& neighbors, const std::vector<Route>& routes,
                                                   const LocalBlocks& local) {
  std::set<std::pair<Family, int>> routed;
  for (const Route& route : routes)
    if (IsHostRoute(route)) routed.emplace(route.family(), route.link);

  std::vector<WorkloadAddress> answering;
  for (const auto& [address, links] : neighbors.links_by_address())
    if (links.size() == 1 && local.Contain(address) && routed.count({address.family, links.front()->index}) == 0)
      answering.push_back({address, links.front()->name, "", std::nullopt});
  return answering;
}

Judgement RoutesMissing(const Table<Endpoint>& endpoints, const absl::StatusOr<WantedWorkloads>& wanted,
                        const Table<Link>& links, const Table<Route>& routes, const Table<Neighbor>& neighbors,
                        const absl::StatusOr<HostRoutes>& host_routes, const absl::StatusOr<LocalBlocks>& local,
                        const absl::StatusOr<WorkloadNeighbors>& answers) {
  const bool by_neighbors = absl::IsNotFound(endpoints.status());
  const absl::Status missing = by_neighbors ? FirstError({links.status(), routes.status(), neighbors.status()})
                                            : FirstError({wanted.status(), routes.status()});
  if (!missing.ok()) return missing;
  return WithoutRoute(by_neighbors ? AnsweringWithoutRoute(*answers, *routes, *local) : wanted->rows, *host_routes,
                      *links, JudgedBy(endpoints));
}

const RegisterCheck registered(
    {
        .name = "workload_route_missing",
        .severity = Severity::kCritical,
        .summary = "The kernel has no route to a workload of this node.",
        .impact = "Nobody reaches the workload, not even this node.",
        .meaning =
            "Packets to it end in the blackhole route of the block. Felix or the CNI plugin did not make the route, "
            "or another program deleted it. A workload without IPv6 address needs no IPv6 route.",
        .remedy =
            "Add it by hand: ip route add ADDRESS dev INTERFACE scope link (each address named, IPv6 too). Felix does "
            "so "
            "itself within its refresh "
            "interval (90 s); if not, look at its log (kubectl logs -n calico-system ds/calico-node -c calico-node, or "
            "kube-system) and restart calico-node here. If the interface is gone, delete the pod so that it is made "
            "anew.",
        .causes = {{"workload_interface_down"}},
    },
    JudgeNode(RoutesMissing));

}  // namespace
}  // namespace caliwatch
