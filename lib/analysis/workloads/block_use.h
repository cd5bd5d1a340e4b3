// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/workloads/workloads.h"

namespace caliwatch {

struct BlockUse {
  Prefix block;
  double size = 0;          // addresses in it: 2^64 and more for IPv6
  size_t workload_ips = 0;  // different addresses of workloads in it
};

// Of each block of this node's own, in their order.
std::vector<BlockUse> BlockUseOf(const LocalBlocks& local, const Workloads& workloads);

}  // namespace caliwatch
