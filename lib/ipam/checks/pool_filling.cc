// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <string>

#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

constexpr double kLeastFree = 0.05;
constexpr absl::Duration kSoon = absl::Hours(24 * 14);

bool IsStrict(const ClusterRecords& records) {
  return std::any_of(records.configs.rows.begin(), records.configs.rows.end(),
                     [](const auto& row) { return row.second.strict_affinity; });
}

std::string Why(const PoolUse& use, bool strict) {
  std::string counts = absl::StrCat(use.used, " of ", std::llround(use.addresses), " addresses of ",
                                    use.cidr.ToString(), " are recorded");
  if (use.full_in && *use.full_in < kSoon)
    return absl::StrCat(counts, "; at the present rate, ", std::llround(*use.per_day), " more a day, it is full in ",
                        std::llround(std::floor(absl::ToDoubleHours(*use.full_in) / 24)), " days");
  if (use.free() < kLeastFree * use.addresses) return counts;
  if (strict && static_cast<double>(use.taken_blocks) >= use.blocks)
    return absl::StrCat(counts,
                        ", and no block is left: a node that needs another gets none, since borrowing is forbidden");
  return "";
}

IpamJudgement Filling(const IpamEvidence& evidence) {
  const ClusterRecords& records = evidence.records;
  if (!RowsCount(evidence.Read(records.blocks))) return IpamJudgement(evidence.Read(records.blocks));
  if (!RowsCount(evidence.Read(records.pools))) return IpamJudgement(evidence.Read(records.pools));
  IpamJudgement judgement;
  judgement.unread = evidence.Read(records.pools).ok() ? evidence.Read(records.blocks) : evidence.Read(records.pools);
  for (const PoolUse& use : evidence.pool_use) {
    // A pool of a few addresses is meant to be used up.
    if (!use.gives || use.free() < 1 || use.addresses < 64) continue;
    if (std::string why = Why(use, IsStrict(records)); !why.empty())
      judgement.Find({.subject = use.pool, .detail = why});
  }
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_pool_filling",
        .severity = Severity::kWarning,
        .summary = "A pool will soon have no address left.",
        .impact = "When it is full, new pods do not start.",
        .meaning =
            "Less than 5 % of the pool's addresses are free, or it is full within 14 days at the rate at which it "
            "grew since it is watched (6 hours at least, two weeks at most), or all its blocks are taken where "
            "nodes may not borrow.",
        .remedy = "Release what is leaked, if the report has any; add a pool in time (calicoctl create -f POOL).",
    },
    Filling);

}  // namespace
}  // namespace caliwatch
