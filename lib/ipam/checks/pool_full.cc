// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

IpamJudgement Full(const IpamEvidence& evidence) {
  const ClusterRecords& records = evidence.records;
  if (!RowsCount(evidence.Read(records.blocks))) return IpamJudgement(evidence.Read(records.blocks));
  if (!RowsCount(evidence.Read(records.pools))) return IpamJudgement(evidence.Read(records.pools));
  IpamJudgement judgement;
  judgement.unread = evidence.Read(records.pools).ok() ? evidence.Read(records.blocks) : evidence.Read(records.pools);
  for (const PoolUse& use : evidence.pool_use)
    if (use.gives && use.free() < 1)
      judgement.Find(
          {.subject = use.pool,
           .detail = absl::StrCat(use.cidr.ToString(), " has no free address: ", use.used, " are recorded")});
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_pool_full",
        .severity = Severity::kCritical,
        .summary = "A pool has no address left.",
        .impact = "New pods that want an address of it do not start: they stay in ContainerCreating.",
        .meaning = "All addresses of the pool, but for reserved ones, are recorded as taken. Leaked ones count, too.",
        .remedy =
            "Release what is leaked, if the report has any. Add a pool (calicoctl create -f POOL); a pool cannot be "
            "made larger.",
    },
    Full);

}  // namespace
}  // namespace caliwatch
