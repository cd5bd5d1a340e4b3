// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "agent/config/config.h"
#include "lib/node/raw_node.h"
#include "lib/node/recording_format.h"

namespace caliwatch {

// Of what `record` makes a recording: of this node, or of another recording.
class RecordSubject {
 public:
  virtual ~RecordSubject() = default;

  virtual int looks() const = 0;
  // To be asked for everything, look by look, from 1 on. What lies between two looks is waited for.
  virtual RawNode& Look(int number) = 0;
  // When it is, and was for who plays.
  virtual absl::Time Now() const = 0;
  // Of the look that is being taken: all but what was read.
  virtual RecordingHead Head() const = 0;
  // The text of its agent's state file; to be asked before the first look.
  virtual absl::StatusOr<std::string> AgentState() = 0;
};

// This node as `config` has it, twice.
std::unique_ptr<RecordSubject> LiveSubject(const Config& config);

// The errors are those of OpenRecording().
absl::StatusOr<std::unique_ptr<RecordSubject>> RecordedSubject(const std::string& folder);

}  // namespace caliwatch
