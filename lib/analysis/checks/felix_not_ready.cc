// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

std::string WhoIsNotReady(const FelixHealth& health) {
  std::vector<std::string> names;
  for (const FelixComponent& component : health.components)
    if (component.ready == false)
      names.push_back(absl::StrCat(component.name, component.detail.empty() ? "" : ": ", component.detail));
  return names.empty() ? "" : absl::StrCat(", because of ", absl::StrJoin(names, ", "));
}

std::vector<Finding> FelixNotReady(const Evidence& evidence) {
  const absl::StatusOr<FelixHealth>& health = evidence.now.felix;
  const FelixRecollection& felix = evidence.before.felix;
  if (!felix.is_away || !health.ok() || !health->live || health->ready) return {};
  const auto& owners = *std::get<absl::StatusOr<WorkloadOwners>>(evidence.derived);
  const std::string behind = DoubtsText(felix.doubts, owners);
  Finding finding{NodeWide::kFelix, std::nullopt,
                  absl::StrCat("runs and is not ready", WhoIsNotReady(*health), behind.empty() ? "" : ". ", behind)};
  finding.lasted = felix.lasted;
  return {finding};
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {Look(CalicoNodeLog(evidence)), Look("kubectl get pods -o wide -A -l k8s-app=calico-typha"),
          RestartCalicoNode(evidence)};
}

const RegisterCheck registered(
    {
        .name = "felix_not_ready",
        .severity = Severity::kWarning,
        .summary = "Felix, the daemon of calico-node that connects and protects pods, is not ready on this node.",
        .impact = "Running pods stay connected. Felix may not hear of pods that start or end, of nodes that come or "
                  "go, and of policies: new pods are cut off or unprotected.",
        .meaning = "Felix is starting and does not finish, or it has lost what it learns everything from: the "
                   "datastore (the API server) or Typha. Until it is ready, nothing is concluded from its files. "
                   "FelixStartup: it has not read its configuration. CalculationGraph: it is not in step with the "
                   "datastore. InternalDataplaneMainLoop: it has not written its first rules and routes.",
        .remedy = "Read Felix' log (kubectl -n calico-system logs NAME -c calico-node; or -n kube-system). See that "
                  "Typha runs (kubectl -n calico-system get pods -l k8s-app=calico-typha) and that this node reaches "
                  "the API server. If both are well and it stays so, delete calico-node's pod here: it is made anew.",
        .time_to_hold = absl::Seconds(60),  // in a large cluster a start takes long
        .causes = {{"felix_restarts_often"}},
        .says = "is not ready on this node",
    },
    JudgeNode(FelixNotReady), CommandsOf);

}  // namespace
}  // namespace caliwatch
