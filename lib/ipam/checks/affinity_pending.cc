// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

IpamJudgement Pending(const IpamEvidence& evidence) {
  const auto& claims = evidence.records.affinities;
  if (!RowsCount(evidence.Read(claims))) return IpamJudgement(evidence.Read(claims));
  IpamJudgement judgement;
  judgement.unread = evidence.Read(claims);
  for (const auto& [key, claim] : claims.rows) {
    const bool is_going = claim.deleted || claim.state == "pendingDeletion";
    if (!is_going && claim.state != "pending") continue;
    judgement.Find(
        {.subject = absl::StrCat(claim.block.ToString(), " of ", claim.node),
         .detail = is_going ? "is being given up, and that does not end" : "is claimed, and that was never confirmed",
         .node = claim.node,
         .related = {claim.block.ToString(), absl::StrCat("node ", claim.node)},
         .version = is_going ? "going" : "coming",
         .known_since = is_going ? std::nullopt : claim.created});
  }
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_affinity_pending",
        .severity = Severity::kWarning,
        .summary = "A node's claim to a block is neither confirmed nor given up.",
        .impact = "The node gives no address of the block, and no other node may take it.",
        .meaning =
            "Claiming a block and giving it up take two steps, which follow each other within a second. Where the "
            "first alone was done, its author died in between (the CNI plugin was killed, the API was away). "
            "Calico finishes it when that node next wants a block.",
        .remedy =
            "See why the node's CNI plugin does not come further: /var/log/calico/cni/cni.log there. A pod that is "
            "made at that node makes it try again.",
        .time_to_hold = absl::Minutes(5),
        .causes = {{"ipam_affinity_of_gone_node"}},
    },
    Pending);

}  // namespace
}  // namespace caliwatch
