// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

std::vector<Finding> FelixRestartsOften(const Recollection& before) {
  const std::optional<RepeatedEnds>& ends = before.felix.ends;
  if (!ends) return {};
  return {{NodeWide::kFelix, std::nullopt,
           absl::StrCat("ended ", ends->times, " times within ",
                        absl::FormatDuration(absl::Trunc(ends->within, absl::Seconds(1))))}};
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {Look(DescribeCalicoNode(evidence)), Look(CalicoNodeLogBefore(evidence)),
          Look("kubectl get pods -o wide -A -l k8s-app=calico-typha")};
}

const RegisterCheck registered(
    {
        .name = "felix_restarts_often",
        .severity = Severity::kWarning,
        .summary = "Felix, the daemon of calico-node that connects and protects pods, ends again and again.",
        .impact = "Each time, pods that start meanwhile wait for their routes and policies; if it ends before it is "
                  "done, they wait for ever.",
        .meaning =
            "It means three ends within 30 minutes, as polls saw them; the finding ends when Felix has lasted for 10. "
            "An update ends it once, a rollback once more. It also ends by itself once Typha has been out of reach for "
            "30 seconds. Those that the agent saw count for `check`, too, through its state file.",
        .remedy =
            "See why: kubectl -n calico-system describe pod NAME (Last State: OOMKilled, or a probe that failed?) and "
            "logs NAME -c calico-node --previous (or -n kube-system). Out of memory: raise the limit of calico-node. "
            "Typha or the API server out of reach: see that Typha runs. A panic: report it to Calico.",
        .polls_to_hold = 1,
        .says = "ends again and again",
    },
    JudgeNode(FelixRestartsOften), CommandsOf);

}  // namespace
}  // namespace caliwatch
