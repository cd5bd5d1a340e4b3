// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>
#include <vector>

#include <absl/strings/str_cat.h>

#include "lib/cluster/check.h"

namespace caliwatch {
namespace {

ClusterFindings BlocksTwice(const ClusterEvidence& evidence) {
  std::map<Prefix, std::vector<std::string>> claims;
  for (const Member& member : evidence.members())
    for (const Prefix& block : member.told->blocks.value_or(std::vector<Prefix>())) {
      std::vector<std::string>& names = claims[block];
      if (names.empty() || names.back() != member.name) names.push_back(member.name);
    }
  ClusterFindings findings;
  for (const auto& [block, names] : claims)
    if (names.size() > 1)
      findings.push_back({.subject = block.ToString(),
                          .detail = absl::StrCat(NamesText(names), " hold ", block.ToString(),
                                                 " for their own: each has a blackhole route for it"),
                          .nodes = names,
                          .commands = {{absl::StrCat("calicoctl ipam show --show-blocks | grep -F ", block.ToString())},
                                       {absl::StrCat("ip route show type blackhole ", block.ToString()), false,
                                        absl::StrCat("nodes ", NamesText(names))}},
                          .explains = {block.ToString()}});
  return findings;
}

const RegisterClusterCheck registered(
    {.name = "cluster_block_twice",
     .severity = Severity::kCritical,
     .summary = "Two nodes hold one block of addresses for their own.",
     .impact = "Each drops what it gets for the other's pods in it, and the other nodes send to one of them only.",
     .meaning = "Both kernels have Calico's blackhole route for the block, which a node makes for the blocks that are "
                "affine to it. One of them missed that it lost the block: its Felix or confd hangs, or the route was "
                "made by hand.",
     .remedy = "See whose the block is by its affinity. On the other node start calico-node anew; if the route stays, "
               "delete it there."},
    BlocksTwice);

}  // namespace
}  // namespace caliwatch
