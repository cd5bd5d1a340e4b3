// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/host_routes.h"
#include "lib/analysis/workloads/workload_neighbors.h"
#include "lib/analysis/workloads/workloads.h"

namespace caliwatch {
namespace {

std::string StateOf(absl::string_view interface, const std::vector<Link>& links) {
  for (const Link& link : links)
    if (link.name == interface) return link.up ? "" : "; the interface is down, too";
  return "; the interface is gone, too";
}

std::vector<Finding> WithoutRoute(const std::vector<WorkloadAddress>& workloads, const Snapshot& snapshot) {
  const HostRoutes routes(*snapshot.routes);
  std::vector<Finding> findings;
  for (const WorkloadAddress& workload : workloads) {
    const std::string subject = workload.address.ToString();
    const bool told = !findings.empty() && findings.back().subject == subject;
    if (told || !routes.To(workload.address).empty()) continue;
    findings.push_back({subject, absl::StrCat("the kernel has no route to it, but ", Describe(workload), " has it",
                                              StateOf(workload.interface, *snapshot.links), JudgedBy(snapshot))});
    findings.back().about = {workload.interface};
  }
  return findings;
}

bool IsInside(const std::vector<Prefix>& blocks, const IpAddress& address) {
  return std::any_of(blocks.begin(), blocks.end(), [&](const Prefix& block) { return block.Contains(address); });
}

// Without endpoint-status: who answers to an address of this node's own blocks, at one workload interface that no route
// leads to, has lost its route.
Judgement JudgeByNeighbors(const Snapshot& snapshot) {
  if (absl::Status missing =
          FirstError({snapshot.links.status(), snapshot.routes.status(), snapshot.neighbors.status()});
      !missing.ok())
    return missing;
  const WorkloadNeighbors living(*snapshot.neighbors, *snapshot.links);
  const std::vector<Prefix> blocks = LocalBlocks(*snapshot.routes);
  std::set<std::pair<Family, int>> routed;
  for (const Route& route : *snapshot.routes)
    if (IsHostRoute(route)) routed.emplace(route.family(), route.link);

  std::vector<WorkloadAddress> answering;
  for (const auto& [address, links] : living.links_by_address())
    if (links.size() == 1 && IsInside(blocks, address) && routed.count({address.family, links.front()->index}) == 0)
      answering.push_back({address, links.front()->name, "", std::nullopt});
  return WithoutRoute(answering, snapshot);
}

Judgement RoutesMissing(const Snapshot& snapshot) {
  if (absl::IsNotFound(snapshot.endpoints.status())) return JudgeByNeighbors(snapshot);
  const absl::StatusOr<std::vector<WorkloadAddress>> wanted = WantedAddresses(snapshot);
  if (!wanted.ok()) return wanted.status();
  if (!snapshot.routes.ok()) return snapshot.routes.status();
  return WithoutRoute(*wanted, snapshot);
}

const RegisterCheck registered({
    .name = "workload_route_missing",
    .severity = Severity::kCritical,
    .summary = "The kernel has no route to a workload of this node.",
    .impact = "Nobody reaches the workload, not even this node.",
    .meaning = "Packets to it end in the blackhole route of the block. Felix or the CNI plugin did not make the route, "
               "or another program deleted it. A workload without IPv6 address needs no IPv6 route.",
    .remedy =
        "Add it by hand: ip route add ADDRESS dev INTERFACE scope link (each address named, IPv6 too). Felix does so "
        "itself within its refresh "
        "interval (90 s); if not, look at its log (kubectl logs -n calico-system ds/calico-node -c calico-node, or "
        "kube-system) and restart calico-node here. If the interface is gone, delete the pod so that it is made anew.",
    .run = RoutesMissing,
});

}  // namespace
}  // namespace caliwatch
