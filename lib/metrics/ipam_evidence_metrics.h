// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lib/metrics/ipam_metrics.h"

namespace caliwatch {

// Of what was read, of the pools, and of what is recorded.
std::vector<IpamMetric> IpamEvidenceMetrics();

using ByNode = std::vector<std::pair<std::string, size_t>>;
// Those with the most, and the others together under "", so that the sum stays that of all.
ByNode Largest(const std::map<std::string, size_t>& counts, size_t most);

}  // namespace caliwatch
