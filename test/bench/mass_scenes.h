// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "test/bench/meter.h"

namespace caliwatch {

// What one poll costs: the last one while all was well, and the worst of those after something has gone wrong.
struct Cost {
  double before = 0, worst = 0;
};

// Each makes a node up, polls it while all is well, and lets so many things go wrong at once.
Cost Withdrawal(int routes, const Meter& meter);     // half of the routes of 200 peers are withdrawn
Cost Restart(int routes, const Meter& meter);        // BIRD restarts, all its routes go and come back
Cost PeersDown(int peers, const Meter& meter);       // on a node with as many addresses, as kube-proxy's IPVS makes
Cost Findings(int routes, const Meter& meter);       // the kernel has none of the routes, and everybody is shown that
Cost Routeless(int workloads, const Meter& meter);   // come, none of which has a route
Cost Interfaces(int workloads, const Meter& meter);  // lose their carrier, their switches and their MAC addresses
Cost Tunnels(int nodes, const Meter& meter);         // by VXLAN: a third each loses its FDB entry, neighbor, route

}  // namespace caliwatch
