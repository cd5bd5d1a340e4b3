// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/analysis/state/persistent_state.h"

namespace caliwatch {

// The kernel's id of this boot: moments of another one mean nothing. Empty where the kernel has none.
std::string BootId();

// Keeps a PersistentState in a file, so that an agent that ends, in whatever way, goes on where it was.
class StateFile {
 public:
  // An empty path: nothing is kept.
  explicit StateFile(std::string path) : path_(std::move(path)), boot_id_(BootId()) {}

  // For an agent that goes on. NotFound: there is none yet. DataLoss: it is damaged, and was renamed to `path`.bad.
  // Other errors: it could not be read, and stays where it is until Save() has something to put in its place. Which
  // BIRDs are expected, and that Felix answered, is left out: one that was taken from the node for good is missed until
  // the agent ends, and no longer.
  absl::StatusOr<PersistentState> Load();
  // For who wants to know what the agent knows: all of it, and whatever the file is, it stays.
  absl::StatusOr<PersistentState> Peek() const;
  // The file as it is. A link is not followed.
  absl::StatusOr<std::string> Text() const;
  // Writes when there is something new, whole or not at all, whenever the power goes. What Load() could not read is
  // renamed to `path`.unread.
  absl::Status Save(const PersistentState& state);

 private:
  absl::Status Replace(absl::string_view text);

  std::string path_;
  std::string boot_id_;
  bool unread_ = false;                   // there is one that Load() could not read
  std::optional<PersistentState> saved_;  // what was written last, without its expected routes
  size_t saved_routes_ = 0;               // a hash of these
};

}  // namespace caliwatch
