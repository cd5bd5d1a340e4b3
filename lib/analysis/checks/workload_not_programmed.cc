// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/workloads/unclaimed_interfaces.h"

namespace caliwatch {
namespace {

Judgement NotProgrammed(const std::vector<Link>& links, const std::vector<Route>& routes,
                        const WorkloadNeighbors& neighbors, const Evidence& evidence) {
  const Table<Endpoint>& endpoints = evidence.now.endpoints;
  if (!endpoints.ok()) return endpoints.status();
  std::vector<Finding> findings;
  if (evidence.before.felix.IsBehind()) return findings;
  for (const UnclaimedInterface& interface : UnclaimedInterfacesOf(
           endpoints, links, routes, neighbors, evidence.before.former_owners, evidence.before.newcomers))
    if (interface.kind == Unclaimed::kNew)
      findings.push_back({InterfaceName{interface.link->name}, std::nullopt,
                          "is up, but Felix has made neither a route nor an endpoint-status file for it: it does not "
                          "know its workload, or is behind"});
  return findings;
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {Look(absl::StrCat("kubectl get pods -A -o wide --field-selector spec.nodeName=", NodeWord(evidence))),
          Look(CalicoNodeLog(evidence)), Look("kubectl get pods -o wide -A -l k8s-app=calico-typha"),
          RestartCalicoNode(evidence)};
}

const RegisterCheck registered(
    {
        .name = "workload_not_programmed",
        .severity = Severity::kCritical,
        .summary = "A new workload's interface is up, but Felix has made neither route nor file for it.",
        .impact = "The workload is cut off, and no policy protects it.",
        .meaning = "Felix takes up a new workload when its datastore, or Typha, tells of it. The CNI plugin's own "
                   "route is there meanwhile; after 10 s Felix removes it, if it still does not know whose it is. So "
                   "it lags behind the datastore, though it says that it is ready. Judged where somebody answers the "
                   "kernel, or has answered at an interface that came while caliwatch watched; of any other, "
                   "orphan_workload_interface tells. Needs endpoint-status, and is not judged while Felix is away.",
        .remedy =
            "See whether the pod has an address in the API (kubectl get pod -A -o wide), then Felix' log for delays "
            "and for Typha (kubectl logs -n calico-system ds/calico-node -c calico-node, or kube-system), Typha's load "
            "and the node's. Restart calico-node on this node: Felix reads all of its workloads anew.",
        .time_to_hold = absl::Seconds(15),
        .says = "is cut off: Felix has not taken it up",
    },
    JudgeNode(NotProgrammed), CommandsOf);

}  // namespace
}  // namespace caliwatch
