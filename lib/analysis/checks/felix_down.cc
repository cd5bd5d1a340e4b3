// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

std::string NotLive(const FelixHealth& health) {
  std::vector<std::string> names;
  for (const FelixComponent& component : health.components)
    if (component.live == false || component.timed_out)
      names.push_back(absl::StrCat(component.name, component.timed_out ? " has timed out" : " says so"));
  return absl::StrCat("runs and is not live", names.empty() ? "" : ": ", absl::StrJoin(names, ", "));
}

std::string HowItIsDown(const absl::StatusOr<FelixHealth>& health) {
  if (health.ok()) return NotLive(*health);
  if (absl::IsNotFound(health.status()))
    return "is gone: nobody answers for it any more at its health port, where it did answer";
  return absl::StrCat("is frozen or hangs: ", health.status().message());
}

std::vector<Finding> FelixDown(const Evidence& evidence) {
  const absl::StatusOr<FelixHealth>& health = evidence.now.felix;
  const FelixRecollection& felix = evidence.before.felix;
  if (!felix.is_away || (health.ok() && health->live)) return {};
  const auto& owners = *std::get<absl::StatusOr<WorkloadOwners>>(evidence.derived);
  const std::string behind = DoubtsText(felix.doubts, owners);
  Finding finding{NodeWide::kFelix, std::nullopt,
                  absl::StrCat(HowItIsDown(health), ". Since then its files and routes stay as they are",
                               behind.empty() ? "" : ": ", behind)};
  finding.lasted = felix.lasted;
  // With all of calico-node BIRD is gone, too.
  if (absl::IsNotFound(health.status())) finding.related = {NodeWide::kNode};
  return {finding};
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {Look(CalicoNodePod(evidence)), Look(CalicoNodeLog(evidence)), RestartCalicoNode(evidence)};
}

const RegisterCheck registered(
    {
        .name = "felix_down",
        .severity = Severity::kWarning,
        .summary = "Felix, the daemon of calico-node that connects and protects pods, does not work on this node.",
        .impact = "Running pods stay connected. Pods that start are cut off or unprotected, policies and the tunnels "
                  "to other nodes follow no change, and what is lost is not restored.",
        .meaning =
            "Felix has ended, is stopped, hangs, or a part of it says so. It counts where Felix has answered before on "
            "its health port, or where somebody takes connections there on a node that Felix works on, and is silent. "
            "While it is away, its files tell of pods that have ended and not of new ones: nothing is concluded from "
            "these. A restart of calico-node takes less than the minute for which this must last.",
        .remedy =
            "See whether calico-node runs here and what Felix logs (kubectl -n calico-system get pods -o wide, kubectl "
            "-n calico-system logs NAME -c calico-node; or -n kube-system). If it hangs, or does not come back, delete "
            "that pod: it is made anew. If Felix' health was switched off or moved to another port (healthEnabled, "
            "healthPort), give caliwatch the new one (--felix.health-address) or restart it.",
        .time_to_hold = absl::Seconds(60),
        .causes = {{"bird_down"}, {"felix_restarts_often"}},
        .says = "does not work on this node",
    },
    JudgeNode(FelixDown), CommandsOf);

}  // namespace
}  // namespace caliwatch
