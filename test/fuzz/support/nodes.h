// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/time/time.h>

#include "test/support/memory_node.h"

namespace caliwatch {

// Nodes of test/recordings, healthy and with faults, as they were at their first look.
struct RecordedState {
  MemoryNode node;
  absl::Time taken_at;
};
const std::vector<RecordedState>& RecordedStates();

// Every source of a node as texts to damage: messages, answers, files and their names.
struct SourceTexts {
  std::string source;  // as Snapshot::sources names it
  std::vector<std::string*> texts;
};
std::vector<SourceTexts> TextsOf(MemoryNode& node);

}  // namespace caliwatch
