// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "lib/analysis/state/persistent_state.h"

namespace caliwatch {

// The kernel's id of this boot: moments of another one mean nothing. Empty where the kernel has none.
std::string BootId();

// Keeps a PersistentState in a file, so that an agent that ends, in whatever way, goes on where it was.
class StateFile {
 public:
  // An empty path: nothing is kept.
  explicit StateFile(std::string path) : path_(std::move(path)), boot_id_(BootId()) {}

  // For an agent that goes on. NotFound: there is none yet. A file that cannot be used is renamed to `path`.bad and
  // named in the error. Which BIRDs are expected, and that Felix answered, is left out: one that was taken from the
  // node for good is missed until the agent ends, and no longer.
  absl::StatusOr<PersistentState> Load() const;
  // For who wants to know what the agent knows: all of it, and whatever the file is, it stays.
  absl::StatusOr<PersistentState> Peek() const;
  // The file as it is.
  absl::StatusOr<std::string> Text() const;
  // Writes when there is something new, whole or not at all.
  absl::Status Save(const PersistentState& state);

 private:
  std::string path_;
  std::string boot_id_;
  std::string saved_;        // the first line of what was written last
  size_t saved_routes_ = 0;  // a hash of the others
};

}  // namespace caliwatch
