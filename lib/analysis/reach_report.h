// SPDX-License-Identifier: Apache-2.0
#pragma once

// What asking the agents of other nodes adds to a poll.

#include <optional>
#include <vector>

#include <absl/status/statusor.h>

#include "lib/analysis/report.h"
#include "lib/analysis/state/state.h"
#include "lib/model/journal.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// Takes the rounds since the poll before; what is to be judged by. After the traffic of this poll was followed.
absl::StatusOr<std::vector<UnreachedNode>> FollowReach(State& state, const std::optional<ProbeJournal>& probes,
                                                       BootTime now);

// Of `shown`, whose other nodes and own addresses the report has.
ReachReport ReportReach(ReachHistory& reach, const Snapshot& shown, const Report& report);

}  // namespace caliwatch
