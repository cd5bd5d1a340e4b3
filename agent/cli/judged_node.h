// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/status/statusor.h>

#include "agent/config/config.h"
#include "agent/daemon/play_recording.h"

namespace caliwatch {

// This node, looked at twice, or four times where the first two left a doubt. Says on stderr that it takes a moment,
// where that is a terminal and `quiet` is not set.
JudgedNode JudgeThisNode(const Config& config, bool quiet);

// The same of what was recorded into a folder; this node if `recording` is empty.
absl::StatusOr<JudgedNode> JudgeNodeOr(const std::string& recording, const Config& config, bool quiet);

}  // namespace caliwatch
