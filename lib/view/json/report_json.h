// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/strings/string_view.h>

#include "lib/analysis/report.h"

namespace caliwatch {

// A report for programs, as docs/json.md describes it: one JSON object. `version`: of the agent; empty: there is none.
std::string ReportJson(const Report& report, absl::string_view version);

}  // namespace caliwatch
