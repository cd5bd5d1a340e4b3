// SPDX-License-Identifier: Apache-2.0
#pragma once

// One cause, one alarm: a finding that follows from another one says so, and is listed under it instead of beside it.

#include <vector>

#include "lib/analysis/findings/verdict.h"

namespace caliwatch {

// Sets `cause` of each finding that has one among the others, as its check's CheckInfo::causes say: always the first
// one of a chain.
void Correlate(std::vector<Verdict>& verdicts);

}  // namespace caliwatch
