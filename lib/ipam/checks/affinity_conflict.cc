// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

IpamJudgement Conflicts(const IpamEvidence& evidence) {
  const ClusterRecords& records = evidence.records;
  if (!evidence.Read(records.blocks).ok()) return IpamJudgement(evidence.Read(records.blocks));
  if (!RowsCount(evidence.Read(records.affinities))) return IpamJudgement(evidence.Read(records.affinities));
  IpamJudgement judgement;
  judgement.unread = evidence.Read(records.affinities);
  for (const auto& [key, claim] : records.affinities.rows) {
    const bool is_confirmed = claim.state.empty() || claim.state == "confirmed";
    if (!claim.is_host || claim.deleted || !is_confirmed) continue;
    const IpamBlock* block = evidence.BlockOf(claim.block);
    if (block != nullptr && block->node() == claim.node) continue;
    const std::string subject = absl::StrCat(claim.block.ToString(), " of ", claim.node);
    if (IsYoung(claim.created, records.blocks.read_at)) {
      judgement.Doubt("it was claimed less than a minute before the blocks were read, or later", subject, true);
      continue;
    }
    std::string detail = "is claimed by the node, and there is no such block";
    if (block != nullptr)
      detail = block->affinity.empty()
                   ? "is claimed by the node, and the block itself is nobody's"
                   : absl::StrCat("is claimed by the node, and the block itself is of ", block->affinity);
    judgement.Find({.subject = subject,
                    .detail = std::move(detail),
                    .node = claim.node,
                    .related = {claim.block.ToString(), absl::StrCat("node ", claim.node)}});
  }
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_affinity_conflict",
        .severity = Severity::kWarning,
        .summary = "A node claims a block that is not there, or is another's.",
        .impact =
            "Two nodes may announce one block, so that traffic to its pods goes to the wrong one; or the node tries "
            "in vain to give addresses of it.",
        .meaning =
            "A confirmed claim and its block are written together, and name each other. Where they do not, one of "
            "them was lost or written by hand.",
        .remedy =
            "See who uses the block: caliwatch ipam ADDRESS, for one of its addresses. Where records were lost, make "
            "the pods anew that run without a record first. With Kubernetes as the datastore the claim that is "
            "wrong is a blockaffinity object (kubectl get blockaffinities), which goes when calico-kube-controllers "
            "runs; keep a copy before you change one.",
        .causes = {{"ipam_affinity_of_gone_node"}},
    },
    Conflicts);

}  // namespace
}  // namespace caliwatch
