// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/analysis/report.h"

namespace caliwatch {

// A report for people at a terminal. `colour`: with its escape sequences.
std::string ReportText(const Report& report, bool colour);

}  // namespace caliwatch
