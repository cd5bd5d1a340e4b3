// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/analysis/report.h"
#include "lib/analysis/state/persistent_state.h"
#include "lib/model/snapshot.h"
#include "lib/node/raw_node.h"
#include "lib/node/recording_format.h"

namespace caliwatch {

// A node as it was looked at last, and what it came to.
struct JudgedNode {
  SnapshotPtr seen;
  Report report;
  PersistentState kept;
};

// One look at a node that was recorded: who plays it, and when it was taken.
struct RecordedLook {
  RawNode& node;
  const RecordingHead& head;
};

// What is wrong with the node by all looks together, each of them one poll: a finding counts when all have seen it.
// Times are those of the recording. `known`: what the node's agent knew. At least one look.
JudgedNode PlayLooks(const std::vector<RecordedLook>& looks, PersistentState known);

// The state from the text of an agent's state file, which is empty where there was none. DataLoss: the text is damaged.
absl::StatusOr<PersistentState> RecordedState(const absl::StatusOr<std::string>& text, absl::string_view boot_id);

// All of it for the recording in a folder. The errors are those of OpenRecording() and RecordedState().
absl::StatusOr<JudgedNode> PlayRecording(const std::string& folder);

}  // namespace caliwatch
