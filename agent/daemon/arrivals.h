// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/model/node_probe.h"

namespace caliwatch {

// What this machine's kernel has counted up to now; `devices`: whose packets are counted. Absent: that cannot be read.
// `proc`: "/proc".
std::optional<ArrivalCounts> CountArrivals(const std::string& proc, const std::vector<std::string>& devices);

}  // namespace caliwatch
