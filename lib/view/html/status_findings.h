// SPDX-License-Identifier: Apache-2.0
#pragma once

// The status page's sections on what is wrong, and what was; empty where there is nothing to show.

#include <string>

#include <absl/time/time.h>

#include "lib/analysis/report.h"
#include "lib/view/summary.h"

namespace caliwatch {

// Each problem as an article: whom it hits, since when, why, what that breaks and what to do.
std::string FindingsHtml(const Summary& summary, absl::Time now);
std::string PastFindingsHtml(const Report& report);

}  // namespace caliwatch
