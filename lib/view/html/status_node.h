// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/analysis/report.h"

namespace caliwatch {

// The status page's card of the node itself: how others reach it, what runs on it, how full its tables are. What cannot
// be read is unknown, with the reason; what BIRD said before it fell silent is told with the time.
std::string NodeCardHtml(const Report& report);

}  // namespace caliwatch
