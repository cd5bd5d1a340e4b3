// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/analysis/report.h"

namespace caliwatch {

// The page's section on restarts of BIRD: one under way, and those before it as bars on one scale. Empty where this
// node runs no BIRD.
std::string EpisodesHtml(const Report& report);

}  // namespace caliwatch
