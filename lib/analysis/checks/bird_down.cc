// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/felix_routes.h"

namespace caliwatch {
namespace {

// Other errors are our own: a socket that we may not open says nothing of BIRD.
bool IsDown(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status);
}

bool FelixLeads(const Evidence& evidence, Family family) {
  const auto& nodes = std::get<absl::StatusOr<RemoteNodes>>(evidence.derived);
  return nodes.ok() && evidence.now.routes.ok() && FelixLeadsRoutes(family, *nodes, *evidence.now.routes);
}

Finding Down(const Evidence& evidence, Family family, const absl::Status& status) {
  Finding finding{FamilyWide::kBird,
                  family,
                  absl::StrCat("does not answer: ", status.message()),
                  "",
                  {NodeWide::kCalicoFolders, NodeWide::kNode}};
  if (!FelixLeads(evidence, family)) {
    absl::StrAppend(&finding.detail, ". Its routes stay in the kernel as they are, but follow no change");
    return finding;
  }
  absl::StrAppend(&finding.detail, ". Felix leads the routes to other nodes' pods, which stay and follow changes");
  finding.impact =
      "Nothing between pods of the cluster. Routers and other BGP peers outside it drop what this node announced to "
      "them, after 2 to 4 minutes at most.";
  return finding;
}

Judgement BirdsDown(const Evidence& evidence) {
  std::vector<Finding> findings;
  absl::Status unread;
  for (const Family family : kFamilies) {
    const absl::Status status = evidence.now.birds[family].status.ok() ? absl::OkStatus() : WhyUnread(evidence, family);
    if (IsDown(status))
      findings.push_back(Down(evidence, family, status));
    else if (!absl::IsNotFound(status))
      unread.Update(status);
  }
  return Judged(std::move(findings), unread);
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  // A BIRD that is stopped is in state T; of one that is stuck, the time goes up.
  return {Look("ps -o pid,stat,etime,time,args -C bird,bird6"), Look(CalicoNodePod(evidence)),
          Look(CalicoNodeLog(evidence, "-i bird")), RestartCalicoNode(evidence)};
}

const RegisterCheck registered(
    {
        .name = "bird_down",
        .severity = Severity::kCritical,
        .summary = "BIRD, which this node has run, does not answer.",
        .impact = "The node neither learns routes nor announces its own: its peers drop its pods' routes after 2 to 4 "
                  "minutes, and here the kernel's routes grow stale.",
        .meaning =
            "A BIRD that is gone, was killed, or hangs looks different in the detail, and the same to the cluster.",
        .remedy =
            "See whether calico-node runs here and what BIRD logs (kubectl -n calico-system logs NAME -c calico-node); "
            "delete the pod if BIRD hangs. If this node was moved to a network without BGP, restart caliwatch.",
        .time_to_hold = absl::Seconds(3),  // runit starts it again after one
        .causes = {{"calico_folders_empty"}},
        .says = "does not answer",
    },
    JudgeNode(BirdsDown), CommandsOf);

}  // namespace
}  // namespace caliwatch
