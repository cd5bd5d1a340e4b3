// SPDX-License-Identifier: Apache-2.0
#pragma once

// One cause, one alarm: a finding that follows from another one says so, and is listed under it instead of beside it.

#include <vector>

#include "lib/analysis/report.h"

namespace caliwatch {

// Sets `explained_by` of each finding that has a cause among the others: always the first one of a chain.
void Correlate(std::vector<Verdict>& verdicts);

}  // namespace caliwatch
