// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include "lib/analysis/workloads/node_workloads.h"
#include "lib/model/ipam.h"

namespace caliwatch {

// What a node says of the addresses that it has; the same as NodeReportFromDocument() makes of what its agent serves.
// An error where the node has no name.
absl::StatusOr<NodeReport> NodeReportFrom(const NodeWorkloads& node);

}  // namespace caliwatch
