// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/block_use.h"

#include <algorithm>
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
    auto workload = std::lower_bound(workloads.rows.begin(), workloads.rows.end(), block.address,
                                     [](const WorkloadAddress& row, const IpAddress& at) { return row.address < at; });
    for (; workload != workloads.rows.end() && block.Contains(workload->address); ++workload) {
      entry.workload_ips += last == nullptr || *last != workload->address;
      last = &workload->address;
    }
  }
  return use;
}

}  // namespace caliwatch
