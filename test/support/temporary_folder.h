// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <absl/strings/str_cat.h>
#include <absl/strings/string_view.h>

namespace caliwatch {

// A new empty folder, removed with all that is in it. Its path is short enough for sockets.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    if (mkdtemp(path_.data()) == nullptr) std::abort();
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  const std::string& path() const { return path_; }
  std::string operator/(absl::string_view inner) const { return absl::StrCat(path_, "/", inner); }

 private:
  std::string path_ = "/tmp/caliwatch-XXXXXX";
};

inline void Write(const std::string& path, absl::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

inline std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace caliwatch
