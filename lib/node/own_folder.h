// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/node/unique_fd.h"

namespace caliwatch {

// A folder to fill, for its owner's eyes only (0600, 0700). Nothing is made or removed outside of it, whatever happens
// to its path meanwhile: a privileged user may have been asked to write where others can. Paths are relative to it and
// made of plain names. Errors name the path.
class OwnFolder {
 public:
  // Makes `path`, or takes it if it is there. FailedPrecondition: it is a link, another user's, or others may write to
  // it. AlreadyExists: it is not empty.
  static absl::StatusOr<OwnFolder> Make(std::string path);
  // Likewise, inside of this one.
  absl::StatusOr<OwnFolder> MakeInner(const std::string& name) const;

  // A folder that is there is fine, and kept as it is.
  absl::Status MakeFolder(absl::string_view path) const;
  // A new file; the one that had its name is removed.
  absl::Status Write(absl::string_view path, absl::string_view content) const;
  // A file, or a folder with the files in it. One that is not there is fine.
  absl::Status Remove(absl::string_view path) const;

 private:
  OwnFolder(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  // `fd`: of what was made at `path` just now, or was there.
  static absl::StatusOr<OwnFolder> Take(std::string path, UniqueFd fd);

  std::string path_;
  UniqueFd fd_;
};

}  // namespace caliwatch
