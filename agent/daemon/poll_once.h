// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/config/config.h"
#include "lib/analysis/observe.h"
#include "lib/node/raw_node.h"

namespace caliwatch {

// What the agent of this node knows from before, by its state file. Without one, a poll judges what it sees itself.
PersistentState PeekState(const Config& config);

// What one poll of the node reads, with what the polls before it made the observer want to know.
SnapshotPtr ReadOnce(RawNode& node, const Observer& observer);
// The same, and what it comes to.
Report PollOnce(RawNode& node, Observer& observer);

}  // namespace caliwatch
