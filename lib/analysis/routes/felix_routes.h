// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "lib/analysis/routes/remote_nodes.h"

namespace caliwatch {

// Felix, not BIRD, leads this node's routes of the family to other nodes' pods: VXLAN, and by default IPIP from Calico
// 3.33 on. They stay and follow changes whatever becomes of BGP. False where BIRD leads some, or made the blackhole of
// a block here, as it does for a pool whose routes are its own. `nodes` are of the node with `routes`.
bool FelixLeadsRoutes(Family family, const RemoteNodes& nodes, const std::vector<Route>& routes);

}  // namespace caliwatch
