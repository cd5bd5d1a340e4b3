// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "lib/analysis/report.h"
#include "lib/view/log/log_record.h"

namespace caliwatch {

// What to log of a poll: one record for each thing that changed since `before`, none for what stayed. At the first
// poll, when `before` is null, one record that sums it up.
std::vector<LogRecord> RecordsOf(const Report* before, const Report& now);

}  // namespace caliwatch
