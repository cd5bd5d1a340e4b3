// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/metrics/exposition.h"

namespace caliwatch {

// Brings up to date what `proc` (procfs, proc(5)) says of this process. What cannot be read keeps its value.
void UpdateProcessStats(const std::string& proc, ProcessStats& stats);

// Adds one poll to the histogram of their durations.
void CountPoll(double seconds, ProcessStats& stats);

}  // namespace caliwatch
