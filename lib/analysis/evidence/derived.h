// SPDX-License-Identifier: Apache-2.0
#pragma once

// What follows from one poll's tables, computed once a poll and asked for by type. An error where a table that it needs
// could not be read: of several, the first. Leads into the snapshot.

#include <tuple>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "lib/analysis/bgp/sessions.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/encapsulation.h"
#include "lib/analysis/routes/host_routes.h"
#include "lib/analysis/routes/remote_nodes.h"
#include "lib/analysis/routes/route_tally.h"
#include "lib/analysis/routes/vxlan_paths.h"
#include "lib/analysis/workloads/duplicate_neighbors.h"
#include "lib/analysis/workloads/endpoint_files.h"
#include "lib/analysis/workloads/pod_gateways.h"
#include "lib/analysis/workloads/routeless_workloads.h"
#include "lib/analysis/workloads/workload_neighbors.h"
#include "lib/analysis/workloads/workloads.h"
#include "lib/model/link_index.h"
#include "lib/model/per_edition.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

using Derived =
    std::tuple<absl::StatusOr<LinkIndex>, absl::StatusOr<HostRoutes>, absl::StatusOr<LocalBlocks>,
               absl::StatusOr<WorkloadNeighbors>, absl::StatusOr<WantedWorkloads>, absl::StatusOr<Workloads>,
               absl::StatusOr<WorkloadOwners>, absl::StatusOr<DuplicateNeighbors>, absl::StatusOr<VxlanPaths>,
               absl::StatusOr<PodGateways>, absl::StatusOr<Sessions>, absl::StatusOr<RemoteNodes>,
               absl::StatusOr<EndpointFiles>, absl::StatusOr<Encapsulation>, absl::StatusOr<RoutelessWorkloads>,
               absl::StatusOr<RouteTally>>;

// What is kept of it from poll to poll, while the routes are the same.
struct DerivedOfRoutes {
  PerEdition<RouteTally> tally;
  KeptNodeWays ways;
};

Derived Derive(const Snapshot& snapshot, DerivedOfRoutes& kept);
Derived Derive(const Snapshot& snapshot);

// The first that is not OK, or OK.
absl::Status FirstError(std::initializer_list<absl::Status> statuses);

}  // namespace caliwatch
