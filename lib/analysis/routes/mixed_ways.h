// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "lib/model/snapshot.h"

namespace caliwatch {

// The other nodes on one of this node's networks, by how routes lead to their blocks.
struct MixedWays {
  Prefix network;
  int link = 0;                         // by which the network is reached
  std::set<IpAddress> tunnelled, bare;  // nodes; none is in both
  std::vector<Prefix> bare_blocks;
};

// Where nodes of one network are reached partly through tunl0 and partly bare, and pools cannot be the reason: no node
// is reached both ways, and each half's blocks lie between the other's. Absent: that is nowhere so. `own` is this
// node's address as BGP uses it: of an interface's networks, Calico counts the one that holds it.
std::optional<MixedWays> FindMixedWays(const std::vector<Route>& routes, const std::vector<Link>& links,
                                       const std::vector<Address>& addresses, const IpAddress& own,
                                       const std::vector<BgpPeer>& peers);

}  // namespace caliwatch
