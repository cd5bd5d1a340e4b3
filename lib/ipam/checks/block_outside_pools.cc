// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

IpamJudgement OutsidePools(const IpamEvidence& evidence) {
  const ClusterRecords& records = evidence.records;
  if (!RowsCount(evidence.Read(records.blocks))) return IpamJudgement(evidence.Read(records.blocks));
  if (!evidence.Read(records.pools).ok()) return IpamJudgement(evidence.Read(records.pools));
  IpamJudgement judgement;
  judgement.unread = evidence.Read(records.blocks);
  for (const auto& [key, block] : records.blocks.rows) {
    if (evidence.PoolOf(block.cidr) != nullptr || IsYoung(block.claimed, records.pools.read_at)) continue;
    judgement.Find({.subject = block.cidr.ToString(),
                    .detail = absl::StrCat("lies in no pool, and has ", block.records.size(), " recorded addresses",
                                           block.node().empty() ? "" : absl::StrCat(" at node ", block.node())),
                    .node = std::string(block.node())});
  }
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_block_outside_pools",
        .severity = Severity::kWarning,
        .summary = "A block of IPAM lies in no pool.",
        .impact =
            "Its pods have no encapsulation and no NAT that a pool would give them, and nodes do not announce it: "
            "they may be unreachable from other nodes, or reach nothing outside.",
        .meaning =
            "A pool was deleted or changed while its addresses were in use. A pool that is only disabled is one.",
        .remedy =
            "Make the pool again as it was, if pods are to keep their addresses; or make the pods anew, so that they "
            "get an address of another pool, and release by the report what is then leaked.",
    },
    OutsidePools);

}  // namespace
}  // namespace caliwatch
