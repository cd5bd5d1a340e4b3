// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include "lib/model/ipam.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// What one look at a node says of the addresses that it has. An error where the node has no name.
absl::StatusOr<NodeReport> NodeReportFrom(const Snapshot& seen);

}  // namespace caliwatch
