// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is counted in the kernel's tables.

#include <array>
#include <map>
#include <tuple>
#include <vector>

#include <absl/status/statusor.h>

#include "lib/analysis/evidence/derived.h"
#include "lib/analysis/workloads/block_use.h"
#include "lib/model/route_owner.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

enum class RouteKind : uint8_t { kBlackhole, kOther, kUnicast };
absl::string_view ToString(RouteKind kind);  // "blackhole", "other", "unicast": the label `route_type`

// Of the main table; a multipath route is one. This and the next have each key, 0 or not.
using RouteCountsByOwner = std::map<std::tuple<Family, RouteOwner, RouteKind>, uint32_t>;
// The last is NeighborStateName().
using NeighborCounts = std::map<std::tuple<Family, LinkRole, absl::string_view>, uint32_t>;

struct WorkloadInterfaces {
  uint32_t up = 0, down = 0;  // with carrier and switched on, or not
};

// An error where a table that it takes could not be read.
struct KernelReport {
  absl::StatusOr<RouteCountsByOwner> routes = NeverRead();
  absl::StatusOr<NeighborCounts> neighbors = NeverRead();
  absl::StatusOr<DuplicateNeighbors> duplicates = NeverRead();
  Table<NeighborLimits> neighbor_limits = NeverRead();
  absl::StatusOr<WorkloadInterfaces> workload_interfaces = NeverRead();
  absl::StatusOr<std::vector<BlockUse>> block_use = NeverRead();
};

KernelReport ReportKernel(const Snapshot& shown, Derived derived);

}  // namespace caliwatch
