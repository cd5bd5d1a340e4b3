// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

std::vector<Finding> BirdRestartsOften(const Recollection& before) {
  std::vector<Finding> findings;
  for (const Family family : kFamilies)
    if (const std::optional<RepeatedEnds>& restarts = before.birds[family].restarts)
      findings.push_back({FamilyWide::kBird, family,
                          absl::StrCat("was started anew ", restarts->times, " times within ",
                                       absl::FormatDuration(absl::Trunc(restarts->within, absl::Seconds(1))))});
  return findings;
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {Look(DescribeCalicoNode(evidence)), Look(CalicoNodeLogBefore(evidence)),
          Look("journalctl -k | grep -i -e oom -e segfault")};
}

const RegisterCheck registered(
    {
        .name = "bird_restarts_often",
        .severity = Severity::kWarning,
        .summary = "BIRD ends and is started anew, again and again.",
        .impact = "Each time its sessions end: the other nodes keep or drop this node's routes, and routes of this "
                  "node may be stale for minutes if a peer is down.",
        .meaning =
            "It means three starts within 30 minutes; the finding ends when BIRD has run for 10. An update restarts it "
            "once, a rollback once more. Those that the agent saw count for `check`, too, through its state file.",
        .remedy =
            "See why: kubectl -n calico-system describe pod NAME (RESTARTS and Last State: does the whole pod end?) "
            "and logs NAME -c calico-node (or -n kube-system), also with --previous; on the node journalctl -k | grep "
            "-i -e oom -e segfault. Out of memory: raise the limit of calico-node. A crash: report it to Calico.",
        .polls_to_hold = 1,
        .causes = {{"bird_down"}},
        .says = "ends and is started anew, again and again",
    },
    JudgeNode(BirdRestartsOften), CommandsOf);

}  // namespace
}  // namespace caliwatch
