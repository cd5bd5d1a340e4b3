// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/analysis/report.h"

namespace caliwatch {

// What a terminal shows behind ReportText() to who wants all of it: each BGP peer, each other node and each source with
// what the tables above have no column for. Lines are as long as they get.
std::string WideText(const Report& report);

}  // namespace caliwatch
