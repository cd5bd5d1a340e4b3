// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

IpamJudgement Overlaps(const IpamEvidence& evidence) {
  const auto& blocks = evidence.records.blocks;
  if (!RowsCount(evidence.Read(blocks))) return IpamJudgement(evidence.Read(blocks));
  std::vector<const IpamBlock*> ordered;
  for (const auto& [key, block] : blocks.rows) ordered.push_back(&block);
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto* a, const auto* b) { return a->cidr < b->cidr; });
  IpamJudgement judgement;
  judgement.unread = evidence.Read(blocks);
  const IpamBlock* widest = nullptr;  // of those before, the one that reaches furthest
  for (const IpamBlock* block : ordered) {
    if (widest != nullptr && widest->cidr.Contains(block->cidr.address)) {
      judgement.Find({.subject = block->cidr.ToString(),
                      .detail = absl::StrCat("of ", block->affinity.empty() ? "nobody" : block->affinity,
                                             " lies within ", widest->cidr.ToString(), " of ",
                                             widest->affinity.empty() ? "nobody" : widest->affinity),
                      .node = std::string(block->node()),
                      .related = {widest->cidr.ToString()}});
      continue;
    }
    widest = block;
  }
  return judgement;
}

const RegisterIpamCheck registered(
    {
        .name = "ipam_blocks_overlap",
        .severity = Severity::kCritical,
        .summary = "Two blocks of IPAM have the same addresses.",
        .impact = "Both give them: two pods get one address.",
        .meaning =
            "A pool was made anew with another block size while blocks of the old one were there, or blocks were "
            "written by hand. Calico itself never makes two blocks that overlap.",
        .remedy = "Keep new pods from the nodes of both blocks (kubectl cordon). Make the pods of the newer block anew "
                  "elsewhere; when the last of its addresses is free, the block goes.",
    },
    Overlaps);

}  // namespace
}  // namespace caliwatch
