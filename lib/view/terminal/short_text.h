// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/analysis/report.h"

namespace caliwatch {

// A report as lines to grep and to count: the node with its verdict, then a line for each finding that nothing
// explains, the gravest first, and for what could not be read or judged one for each reason. A line begins with
// CRITICAL, WARNING, INFO or UNKNOWN; fields are two blanks apart.
std::string ShortText(const Report& report);

}  // namespace caliwatch
