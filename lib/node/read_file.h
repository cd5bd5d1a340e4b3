// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

namespace caliwatch {

// Never waits for another process: what is no regular file (a FIFO, a device) is FailedPrecondition, as is a file of
// more than `most_bytes`. Other errors carry their errno's code; all name the path.
absl::StatusOr<std::string> ReadRegularFile(const std::string& path, size_t most_bytes);

// Names of all entries of a folder but its folders, in byte order. ResourceExhausted: there are more than `most_files`.
absl::StatusOr<std::vector<std::string>> ListFiles(const std::string& folder, size_t most_files);

}  // namespace caliwatch
