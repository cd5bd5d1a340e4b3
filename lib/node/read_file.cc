// SPDX-License-Identifier: Apache-2.0
#include "lib/node/read_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <system_error>

#include <absl/status/status.h>
#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "lib/node/unique_fd.h"

namespace caliwatch {
absl::Status CannotRead(absl::string_view path, int error) {
  return absl::ErrnoToStatus(error, absl::StrCat("cannot read ", absl::CHexEscape(path)));
}

absl::Status UnfitFile(absl::string_view path, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("cannot read ", absl::CHexEscape(path), ": ", why));
}

absl::StatusOr<std::string> ReadRegularFile(const std::string& path, size_t most_bytes) {
  // O_NONBLOCK: opening a FIFO would wait for its writer.
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.is_open()) return CannotRead(path, errno);
  return ReadOpenFile(file.get(), path, most_bytes);
}

absl::StatusOr<std::string> ReadOpenFile(int file, absl::string_view path, size_t most_bytes) {
  struct stat about {};
  if (fstat(file, &about) != 0) return CannotRead(path, errno);
  if (!S_ISREG(about.st_mode)) return UnfitFile(path, "it is not a regular file");
  const auto too_large = [&] { return UnfitFile(path, absl::StrCat("it is larger than ", most_bytes, " bytes")); };
  if (static_cast<uint64_t>(about.st_size) > most_bytes) return too_large();
  std::string content;
  std::array<char, 16384> chunk;
  for (;;) {
    const ssize_t got = read(file, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return CannotRead(path, errno);
    if (got == 0) return content;
    content.append(chunk.data(), static_cast<size_t>(got));
    if (content.size() > most_bytes) return too_large();
  }
}

absl::StatusOr<std::vector<std::string>> ListFiles(const std::string& folder, size_t most_files) {
  std::error_code error;
  std::vector<std::string> names;
  auto entry = std::filesystem::directory_iterator(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::error_code unknown_kind;
    if (entry->is_directory(unknown_kind)) continue;
    if (names.size() == most_files)
      return absl::ResourceExhaustedError(absl::StrCat(folder, " holds more than ", most_files, " files"));
    names.push_back(entry->path().filename().native());
  }
  if (error) return CannotRead(folder, error.value());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace caliwatch
