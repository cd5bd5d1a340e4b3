// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

bool HasWorkloads(const NodeReport& report) {
  return std::any_of(report.addresses.begin(), report.addresses.end(), [](const auto& row) { return row.IsUsed(); });
}

// A node whose workloads Calico does not connect has neither blocks nor workloads of it.
bool IsCalicos(const NodeReport& report) {
  return report.local_blocks && (!report.local_blocks->empty() || HasWorkloads(report));
}

IpamJudgement NotInKernel(const IpamEvidence& evidence) {
  const ClusterRecords& records = evidence.records;
  if (!RowsCount(evidence.Read(records.blocks))) return IpamJudgement(evidence.Read(records.blocks));
  if (!RowsCount(evidence.Read(records.reports))) return IpamJudgement(evidence.Read(records.reports));
  IpamJudgement judgement;
  judgement.unread = evidence.Read(records.blocks);
  for (const auto& [key, block] : records.blocks.rows) {
    const NodeReport* report = evidence.ReportOf(block.node());
    // Calico makes no route for a block of one address.
    if (report == nullptr || evidence.IsStale(report->read_at) || !report->kernel.ok() || !IsCalicos(*report) ||
        block.cidr.IsSingleAddress())
      continue;
    if (block.deleted || std::binary_search(report->local_blocks->begin(), report->local_blocks->end(), block.cidr))
      continue;
    if (IsYoung(block.claimed, report->read_at)) {
      judgement.Doubt("it was claimed less than a minute before its node was read, or later", block.cidr.ToString(),
                      true);
      continue;
    }
    judgement.Find(
        {.subject = block.cidr.ToString(),
         .detail = absl::StrCat("is of node ", block.node(), ", whose kernel has no route for it (blackhole)"),
         .node = std::string(block.node()),
         .related = {absl::StrCat("node ", block.node())}});
  }
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_block_not_in_kernel",
        .severity = Severity::kWarning,
        .summary = "A block is recorded as a node's, and the node's kernel does not know it.",
        .impact =
            "The node may not announce the block, so that other nodes do not reach its pods; what is sent to free "
            "addresses of it goes round between nodes.",
        .meaning =
            "BIRD or Felix makes a blackhole route for each block of its node within seconds. It is missing while "
            "they do not run, or do not learn of the block.",
        .remedy = "See that node: `caliwatch check` there says why.",
    },
    NotInKernel);

}  // namespace
}  // namespace caliwatch
