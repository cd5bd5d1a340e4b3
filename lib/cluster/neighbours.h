// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "lib/model/node_document.h"

namespace caliwatch {

// Where the agents of a cluster may be, as one node tells: its own address, those that its routes and tunnels lead to,
// and those of its mesh of BGP. Of IPv4 where it has that, so that a node of both families is asked once. Ordered.
std::vector<IpAddress> NeighboursOf(const NodeDocument& node);

}  // namespace caliwatch
