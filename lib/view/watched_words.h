// SPDX-License-Identifier: Apache-2.0
#pragma once

// The watched routes in the words that the terminal and the status page share. Texts hold whatever the node said, as
// those of words.h.

#include <string>
#include <vector>

#include <absl/time/time.h>

#include "lib/analysis/report.h"

namespace caliwatch {

// "Watched routes: 2 of 3 are there".
std::string WatchedTitle(const std::vector<WatchedRoute>& routes);

inline const std::vector<std::string> kWatchedHeads = {"PREFIX", "STATE", "FOR", "FROM", "LEADS TO"};
std::vector<std::string> WatchedCells(const WatchedRoute& route, absl::Time now);

}  // namespace caliwatch
