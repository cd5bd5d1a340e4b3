// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/block_routes.h"

namespace caliwatch {
namespace {

constexpr size_t kNamed = 5;  // blocks

std::string NamesOf(const std::vector<Prefix>& blocks, Family family) {
  std::vector<std::string> names;
  for (const Prefix& block : blocks)
    if (block.address.family == family) names.push_back(block.ToString());
  const bool cut = names.size() > kNamed;
  if (cut) names.resize(kNamed);
  return absl::StrCat(absl::StrJoin(names, ", "), cut ? ", …" : "");
}

// A family without any block has no blocks to be in: host-local IPAM, or blocks of one address each.
Judgement OutsideLocalBlocks(const Workloads& workloads, const LocalBlocks& local, const Table<Endpoint>& endpoints) {
  if (local.blocks.empty()) return absl::NotFoundError("this node has no blocks of addresses with a blackhole route");
  std::vector<Finding> findings;
  const IpAddress* last = nullptr;
  const PerFamily<std::string> named{{NamesOf(local.blocks, Family::kIpv4), NamesOf(local.blocks, Family::kIpv6)}};
  for (const WorkloadAddress& workload : workloads.rows) {
    const std::string& names = named[workload.address.family];
    if (local.Contain(workload.address) || names.empty() || (last != nullptr && *last == workload.address)) continue;
    last = &workload.address;
    findings.push_back({workload.address,
                        workload.address.family,
                        absl::StrCat("the address of ", Describe(workload), " is in no block of this node (", names,
                                     ")", JudgedBy(endpoints)),
                        "",
                        {InterfaceName{workload.interface}}});
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence&) {
  return {Look("calicoctl ipam show --show-blocks"),
          Look(absl::StrCat("calicoctl ipam show --ip=", SubjectWord(finding)))};
}

const RegisterCheck registered(
    {
        .name = "workload_ip_outside_local_blocks",
        .severity = Severity::kInfo,
        .summary = "A workload's address is in none of this node's blocks of addresses.",
        .impact =
            "Where other nodes have no route to this single address, its traffic goes to the node that has the block.",
        .meaning = "Calico borrowed it from another node's block because this node could get no block of its own with "
                   "a free address; other nodes then need a route to this single address beside the one to the block. "
                   "Or the block was released while the workload lived, or its address was given by hand: then another "
                   "node may take over the block, and the workload's traffic.",
        .remedy = "calicoctl ipam show --show-blocks tells how full the pools are; add a pool, or one with smaller "
                  "blocks. calicoctl ipam show --ip=ADDRESS tells whom the address is recorded for; calicoctl ipam "
                  "check finds those in use without a record.",
        .causes = {{"duplicate_workload_ip"}},
        .says = "has an address outside of this node's blocks",
    },
    JudgeNode(OutsideLocalBlocks), CommandsOf);

}  // namespace
}  // namespace caliwatch
