// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

namespace caliwatch {

// Never waits for another process: what is no regular file (a FIFO, a device) is FailedPrecondition, as is a file of
// more than `most_bytes`. Other errors carry their errno's code; all name the path.
absl::StatusOr<std::string> ReadRegularFile(const std::string& path, size_t most_bytes);

// The same of an open file, which stays its caller's; `path` is for errors.
absl::StatusOr<std::string> ReadOpenFile(int file, absl::string_view path, size_t most_bytes);

// FailedPrecondition: `path` cannot be read because of what it is, `why` in words.
absl::Status UnfitFile(absl::string_view path, absl::string_view why);
// Of an errno.
absl::Status CannotRead(absl::string_view path, int error);

// Names of all entries of a folder but its folders, in byte order. ResourceExhausted: there are more than `most_files`.
absl::StatusOr<std::vector<std::string>> ListFiles(const std::string& folder, size_t most_files);

}  // namespace caliwatch
