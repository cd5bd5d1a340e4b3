// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/node/unique_fd.h"

namespace caliwatch {

// A folder that a stranger has filled. Nothing in it leads out of it: symbolic links are not followed, on the way to a
// file neither, and what is no regular file is not opened. Both are FailedPrecondition; other errors carry their
// errno's code, and all name the path.
class UntrustedFolder {
 public:
  // Who names `path` is trusted: it may be a link, or lead over some.
  static absl::StatusOr<UntrustedFolder> Open(std::string path);

  // `path` is relative to this folder and made of plain names, as are those below.
  absl::StatusOr<UntrustedFolder> Inner(absl::string_view path) const;
  // FailedPrecondition, too: it has more than `most_bytes`.
  absl::StatusOr<std::string> Read(absl::string_view path, size_t most_bytes) const;
  // Names of all entries of an inner folder, in byte order. ResourceExhausted: there are more than `most_entries`.
  absl::StatusOr<std::vector<std::string>> List(absl::string_view path, size_t most_entries) const;

  // For messages.
  std::string Full(absl::string_view path) const;

 private:
  UntrustedFolder(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  std::string path_;
  UniqueFd fd_;
};

}  // namespace caliwatch
