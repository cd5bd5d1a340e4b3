// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "lib/analysis/workloads/owner_history.h"
#include "lib/analysis/workloads/workload_neighbors.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// What an interface is that runs, as a workload's does, and that no workload of this node claims.
enum class Unclaimed : uint8_t {
  kNew,       // Felix has made neither file nor route for it: its workload is there
  kEnded,     // a workload lived there that Felix no longer has, or not yet: it has completed, or ended, or just begun
  kLeftOver,  // nothing tells of anybody there
};

struct UnclaimedInterface {
  const Link* link = nullptr;
  Unclaimed kind = Unclaimed::kLeftOver;
  std::vector<IpAddress> routed;  // addresses whose routes lead there all the same; then it is kLeftOver
};

// By endpoint-status; where it says nothing, by who answers and where routes lead. None while it has a file of which
// nobody knows the interface. In the order of links; points into them.
std::vector<UnclaimedInterface> UnclaimedInterfacesOf(const Table<Endpoint>& endpoints, const std::vector<Link>& links,
                                                      const std::vector<Route>& routes,
                                                      const WorkloadNeighbors& neighbors,
                                                      const OwnerHistory::Former& former,
                                                      const std::set<std::string>& newcomers);

}  // namespace caliwatch
