// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "lib/analysis/routes/host_routes.h"
#include "lib/model/kernel.h"

namespace caliwatch {

struct DuplicateNeighbor {
  IpAddress address;
  std::vector<int> links;  // those that hold a usable entry for it, ascending
};

// Addresses that the kernel would find behind more than one interface, at least one of them a workload's. Left out,
// because they are no fault: link-local addresses, Calico's eBPF and tunnel devices, a workload that is just migrating
// (HostRoutes::IsMigrating), and a network of the node's in which a pod has a further address (Multus): there the
// address is at home, and no route leads it to a workload. `addresses` is null where unknown. Ordered by address.
using DuplicateNeighbors = std::vector<DuplicateNeighbor>;
DuplicateNeighbors DuplicateNeighborsOf(const std::vector<Neighbor>& neighbors, const std::vector<Link>& links,
                                        const HostRoutes& routes, const std::vector<Address>* addresses);

}  // namespace caliwatch
