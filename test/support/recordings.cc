// SPDX-License-Identifier: Apache-2.0
#include "test/support/recordings.h"

#include <algorithm>
#include <filesystem>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

void AppendBelow(const fs::path& folder, std::vector<std::string>& recordings) {
  if (fs::exists(folder / "recording.txt")) return recordings.push_back(folder);
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_directory()) AppendBelow(entry.path(), recordings);
}

}  // namespace

std::vector<std::string> RecordedNodes() {
  const fs::path source = CALIWATCH_SOURCE_DIR;
  std::vector<std::string> recordings;
  for (const char* folder :
       {"test/recordings/nodes", "test/recordings/calico", "test/recordings/cases", "test/recordings/healthy"})
    AppendBelow(source / folder, recordings);
  std::sort(recordings.begin(), recordings.end());
  return recordings;
}

}  // namespace caliwatch
