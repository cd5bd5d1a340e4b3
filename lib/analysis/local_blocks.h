// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "lib/model/kernel.h"

namespace caliwatch {

// The blocks of addresses that are this node's own, in the order of `routes`: BIRD or Felix keeps a blackhole route for
// each in table main. None with host-local IPAM, nor for blocks of one address.
std::vector<Prefix> LocalBlocks(const std::vector<Route>& routes);

}  // namespace caliwatch
