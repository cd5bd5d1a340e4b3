// SPDX-License-Identifier: Apache-2.0
#pragma once

// Sections of the status page; empty where there is nothing to show.

#include <string>

#include <absl/time/time.h>

#include "lib/analysis/report.h"
#include "lib/view/summary.h"

namespace caliwatch {

std::string FindingsHtml(const Summary& summary, absl::Time now);
std::string PeersHtml(const Report& report);
std::string NodesHtml(const Report& report);
std::string WatchedRoutesHtml(const Report& report);
std::string PastFindingsHtml(const Report& report);
// What was read, and which checks cannot judge.
std::string SourcesHtml(const Report& report, const Summary& summary);

}  // namespace caliwatch
