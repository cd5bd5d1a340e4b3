// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

bool IsStrict(const ClusterRecords& records) {
  for (const auto& [key, config] : records.configs.rows)
    if (config.strict_affinity) return true;
  return false;
}

IpamJudgement Borrowed(const IpamEvidence& evidence) {
  const ClusterRecords& records = evidence.records;
  if (!RowsCount(evidence.Read(records.blocks))) return IpamJudgement(evidence.Read(records.blocks));
  // Without a configuration addresses may be borrowed.
  if (!IsStrict(records))
    return IpamJudgement(!RowsCount(evidence.Read(records.configs)) ? absl::OkStatus()
                                                                    : evidence.Read(records.configs));
  IpamJudgement judgement;
  judgement.unread = evidence.Read(records.blocks);
  for (const auto& [address, record] : evidence.recorded.all()) {
    const std::string& taker = record.attributes().owner.node;
    const absl::string_view lender = record.block->node();
    if (KindOf(record) != RecordKind::kWorkload || taker.empty() || lender.empty() || taker == lender) continue;
    judgement.Find({.subject = address.ToString(),
                    .detail = absl::StrCat("of ", record.block->cidr.ToString(), " of node ", lender,
                                           " is recorded for ", OwnerText(record)),
                    .node = taker,
                    .related = {record.block->cidr.ToString()}});
  }
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_strict_affinity_borrowed",
        .severity = Severity::kWarning,
        .summary = "An address is used at another node than its block's, though borrowing is forbidden.",
        .impact =
            "Where borrowing is forbidden, nodes or the network outside count on each block being at one node: such "
            "a pod may be unreachable from Windows nodes, or from other hosts.",
        .meaning = "strictAffinity was set while addresses were borrowed, or an address was taken by hand.",
        .remedy = "Make the pod anew (kubectl delete pod): it gets an address of its own node's block.",
    },
    Borrowed);

}  // namespace
}  // namespace caliwatch
