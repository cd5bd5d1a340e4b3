// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "lib/analysis/path/path.h"
#include "lib/analysis/report.h"

namespace caliwatch {

// Paths for programs, as docs/path.md describes them: one JSON object. `report` is what they were found by.
std::string PathsJson(const std::vector<Path>& paths, const Report& report);

}  // namespace caliwatch
