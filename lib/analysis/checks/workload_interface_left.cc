// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/workloads/unclaimed_interfaces.h"

namespace caliwatch {
namespace {

std::string DetailOf(const Link& link, const OwnerHistory::Former& former, const Table<Endpoint>& endpoints) {
  const auto owner = former.find(link.name);
  return absl::StrCat("is up without a route, though somebody has lived there",
                      owner == former.end() ? "" : absl::StrCat(" (", owner->second, ")"),
                      ": the workload has completed or ended, and its interface stays", JudgedBy(endpoints));
}

Judgement Left(const std::vector<Link>& links, const std::vector<Route>& routes, const WorkloadNeighbors& neighbors,
               const Evidence& evidence) {
  const Table<Endpoint>& endpoints = evidence.now.endpoints;
  if (!endpoints.ok() && !absl::IsNotFound(endpoints.status())) return endpoints.status();
  std::vector<Finding> findings;
  if (evidence.before.felix.IsBehind()) return findings;
  const OwnerHistory::Former& former = evidence.before.former_owners;
  for (const UnclaimedInterface& interface :
       UnclaimedInterfacesOf(endpoints, links, routes, neighbors, former, evidence.before.newcomers))
    if (interface.kind == Unclaimed::kEnded) {
      findings.push_back(
          {InterfaceName{interface.link->name}, std::nullopt, DetailOf(*interface.link, former, endpoints)});
      findings.back().who = absl::StrCat("Interface ", interface.link->name);
    }
  return findings;
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {Look(absl::StrCat("kubectl get pods -A -o wide --field-selector spec.nodeName=", NodeWord(evidence))),
          Look("journalctl -u containerd -u kubelet --since -1h")};
}

const RegisterCheck registered(
    {
        .name = "workload_interface_left",
        .severity = Severity::kInfo,
        .summary = "The interface of a workload that has completed or ended is still there.",
        .impact = "None, unless it stays for long: its address is free to be given to another workload.",
        .meaning = "A pod that has completed is none for Calico any more: Felix removes its route and file at once, "
                   "while the runtime may keep its namespace, and the interface with it, until the pod is deleted. The "
                   "same shows one whose removal failed.",
        .remedy = "kubectl get pods -A -o wide --field-selector spec.nodeName=NODE tells whether a pod of this node is "
                  "Completed: it goes with the pod. If none is, the runtime could not remove it: look at its log and "
                  "kubelet's (journalctl -u containerd -u kubelet).",
        .time_to_hold = absl::Minutes(1),
        .causes = {{"duplicate_neighbor_ip"},
                   {"duplicate_workload_ip"},
                   {"workload_route_wrong_interface"},
                   {"workload_route_missing"}},
        .says = "is left of a workload that has ended",
    },
    JudgeNode(Left), CommandsOf);

}  // namespace
}  // namespace caliwatch
