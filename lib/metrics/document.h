// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace caliwatch {

// docs/metrics.md: every metric with type, labels and help.
std::string DocumentMetrics();

}  // namespace caliwatch
