// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/host_routes.h"
#include "lib/analysis/workloads/workload_neighbors.h"
#include "lib/analysis/workloads/workloads.h"
#include "lib/model/per_family.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

struct RoutelessWorkload {
  WorkloadAddress at;
  bool up = false;         // its interface is, with carrier
  bool answering = false;  // lately, at that interface
};

// Workloads to whose address the kernel has no route, ordered by address, each address once. Left out: those whose
// interface is gone, and virtual machines that are yet to come (live_migration.h). Without endpoint-status: who has
// answered to an address of this node's own blocks, at one workload interface that no route of the family leads to;
// such a workload may also have ended, with its interface left.
struct RoutelessWorkloads {
  std::vector<RoutelessWorkload> rows;
  PerFamily<size_t> routed = {};  // addresses of workloads that do have a route

  // Several have lost their route, of interfaces that are up, and none has one.
  bool AreAll(Family family) const;
};

absl::StatusOr<RoutelessWorkloads> RoutelessWorkloadsOf(const Snapshot& node,
                                                        const absl::StatusOr<WantedWorkloads>& wanted,
                                                        const absl::StatusOr<HostRoutes>& routes,
                                                        const absl::StatusOr<LocalBlocks>& local,
                                                        const absl::StatusOr<WorkloadNeighbors>& neighbors);

}  // namespace caliwatch
