// SPDX-License-Identifier: Apache-2.0
#pragma once

// A virtual machine of KubeVirt that moves from node to node while it runs, with its address (Calico 3.32 and newer).
// At its target there is an interface and an endpoint-status file minutes before the machine; until it has come, no
// route leads to it there: one made by hand would take its traffic away from where it runs.

#include <vector>

#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/workloads/workload_neighbors.h"
#include "lib/analysis/workloads/workloads.h"

namespace caliwatch {

// No route for the address alone is there. It may be one that is yet to come: it is in no block of this node's, a route
// to another node covers it, and nobody has ever answered for it at the interface with the index `link`. `remote`:
// RemoteBlocksOf() the node's routes.
bool MayBeAwaited(const IpAddress& address, int link, const LocalBlocks& local, const PrefixSet& remote,
                  const WorkloadNeighbors& neighbors);
PrefixSet RemoteBlocksOf(const std::vector<Route>& routes, const LinkIndex& links);

// `best` is the route in use for a workload's address, and leads to another node. The workload may be on its way: it
// has never answered at its interface here; or it has gone, which Calico says by a better metric than that of `own`,
// the route here (null: there is none). Metric 0 says so of no machine: that is what a pod's route has when the CNI
// plugin makes it.
bool MayBeOnItsWay(const Route& best, const Route* own, const IpAddress& address, int link,
                   const WorkloadNeighbors& neighbors);

}  // namespace caliwatch
