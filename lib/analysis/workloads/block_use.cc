// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/block_use.h"

#include <cmath>

namespace caliwatch {

namespace {

int AddressBits(const Prefix& prefix) { return prefix.address.family == Family::kIpv4 ? 32 : 128; }

}  // namespace

std::vector<BlockUse> BlockUseOf(const LocalBlocks& local, const Workloads& workloads) {
  std::vector<BlockUse> use;
  for (const Prefix& block : local.blocks) {
    BlockUse& entry = use.emplace_back(BlockUse{block, std::ldexp(1.0, AddressBits(block) - block.length)});
    const IpAddress* last = nullptr;  // an address that two workloads claim is one
    for (const WorkloadAddress& workload : workloads.rows) {
      if (block.Contains(workload.address) && (last == nullptr || *last != workload.address)) ++entry.workload_ips;
      last = &workload.address;
    }
  }
  return use;
}

}  // namespace caliwatch
