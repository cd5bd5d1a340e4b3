// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

IpamJudgement Unrecorded(const IpamEvidence& evidence) {
  const ClusterRecords& records = evidence.records;
  if (!evidence.Read(records.blocks).ok()) return IpamJudgement(evidence.Read(records.blocks));
  if (!RowsCount(evidence.Read(records.reports))) return IpamJudgement(evidence.Read(records.reports));
  IpamJudgement judgement;
  for (const auto& [node, report] : records.reports.rows) {
    if (!report.local_blocks || evidence.IsStale(report.read_at)) continue;
    for (const Prefix& cidr : *report.local_blocks) {
      const IpamPool* pool = evidence.PoolOf(cidr);
      const IpamBlock* block = evidence.BlockOf(cidr);
      if (pool == nullptr || pool->block_length != cidr.length) continue;
      if (block != nullptr && block->node() == report.node) continue;
      std::string detail = "is a block of the node's kernel, and no record has it";
      if (block != nullptr)
        detail = absl::StrCat("is a block of the node's kernel, and recorded as ",
                              block->affinity.empty() ? "nobody's" : absl::StrCat("that of ", block->affinity));
      judgement.Find({.subject = absl::StrCat(cidr.ToString(), " of ", report.node),
                      .detail = std::move(detail),
                      .node = report.node,
                      .related = {cidr.ToString(), absl::StrCat("node ", report.node)}});
    }
  }
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_block_unrecorded",
        .severity = Severity::kWarning,
        .summary = "A node holds a block that IPAM does not record as its own.",
        .impact = "Another node may take the block, or has it: two nodes then announce it.",
        .meaning =
            "A node's BIRD or Felix keeps a blackhole route for each block of its own, and takes it away within "
            "seconds when the block is no more its own. Where it stays, records were lost or written by hand, or "
            "the node does not hear of changes.",
        .remedy = "See that node (`caliwatch check` there) and whether its Felix and confd run. If pods run without a "
                  "record, that comes first.",
        .causes = {{"ipam_affinity_conflict"}},
    },
    Unrecorded);

}  // namespace
}  // namespace caliwatch
