// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

// Why a block in use is no node's; empty: it is.
std::string Lack(const IpamEvidence& evidence, const IpamBlock& block) {
  if (block.affinity.empty()) return "no node claims it";
  if (block.node().empty()) return "";
  for (const BlockAffinity* claim : evidence.ClaimsOf(block.cidr))
    if (claim->is_host && claim->node == block.node()) return "";
  return absl::StrCat("it is of node ", block.node(), ", which does not claim it");
}

bool IsInUse(const IpamBlock& block) {
  return std::any_of(block.records.begin(), block.records.end(),
                     [&](const IpamRecord& record) { return !block.AttributesOf(record).released; });
}

IpamJudgement WithoutAffinity(const IpamEvidence& evidence) {
  const ClusterRecords& records = evidence.records;
  if (!RowsCount(evidence.Read(records.blocks))) return IpamJudgement(evidence.Read(records.blocks));
  if (!evidence.Read(records.affinities).ok()) return IpamJudgement(evidence.Read(records.affinities));
  IpamJudgement judgement;
  judgement.unread = evidence.Read(records.blocks);
  for (const auto& [key, block] : records.blocks.rows) {
    if (!IsInUse(block) || block.deleted) continue;
    const std::string lack = Lack(evidence, block);
    if (lack.empty()) continue;
    if (IsYoung(block.claimed, records.affinities.read_at)) {
      judgement.Doubt("it was claimed less than a minute before claims were read, or later", block.cidr.ToString(),
                      true);
      continue;
    }
    judgement.Find({.subject = block.cidr.ToString(),
                    .detail = absl::StrCat("has ", block.records.size(), " recorded addresses, and ", lack),
                    .node = std::string(block.node()),
                    .related = {absl::StrCat("node ", block.node())}});
  }
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_block_without_affinity",
        .severity = Severity::kWarning,
        .summary = "A block is in use, and no node claims it.",
        .impact =
            "No node announces the block as a whole: its pods are reached by single routes alone, and any node may "
            "claim the block and give the rest of it.",
        .meaning =
            "A node gave up a block, or was removed, while addresses of it were still recorded; or the claim was "
            "lost.",
        .remedy =
            "See who has its addresses: caliwatch ipam ADDRESS. Those that are leaked are released by the report; "
            "when the last is gone, so is the block. Pods that run keep their addresses.",
        .causes = {{"ipam_affinity_of_gone_node"}, {"ipam_affinity_conflict"}},
    },
    WithoutAffinity);

}  // namespace
}  // namespace caliwatch
