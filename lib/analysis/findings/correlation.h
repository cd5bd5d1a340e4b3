// SPDX-License-Identifier: Apache-2.0
#pragma once

// One cause, one alarm: a finding that follows from another one says so, and is listed under it instead of beside it.

#include <utility>
#include <vector>

#include <absl/strings/string_view.h>

#include "lib/analysis/report.h"

namespace caliwatch {

// Sets `explained_by` of each finding that has a cause among the others: always the first one of a chain.
void Correlate(std::vector<Verdict>& verdicts);

// Which check's findings may explain which other's: {cause, effect}.
std::vector<std::pair<absl::string_view, absl::string_view>> CorrelationRules();

}  // namespace caliwatch
