// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "lib/analysis/path/path.h"
#include "lib/analysis/report.h"

namespace caliwatch {

// Paths for people: each with its answer first, then hop by hop. `report` is what they were found by.
std::string PathsText(const std::vector<Path>& paths, const Report& report);

}  // namespace caliwatch
