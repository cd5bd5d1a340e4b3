// SPDX-License-Identifier: Apache-2.0
#pragma once

// The status page's tables; empty where there is nothing to show.

#include <string>

#include "lib/analysis/report.h"
#include "lib/view/summary.h"

namespace caliwatch {

std::string PeersHtml(const Report& report);
std::string NodesHtml(const Report& report);
std::string WatchedRoutesHtml(const Report& report);
// What was read, and which checks cannot judge.
std::string SourcesHtml(const Report& report, const Summary& summary);

}  // namespace caliwatch
