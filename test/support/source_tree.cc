// SPDX-License-Identifier: Apache-2.0
#include "test/support/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <regex>

#include "test/support/temporary_folder.h"

namespace caliwatch {

namespace fs = std::filesystem;

bool SourceFile::is_header() const { return fs::path(path).extension() == ".h"; }

std::string SourceFile::folder() const { return fs::path(path).parent_path(); }

std::string SourceFile::stem() const { return fs::path(path).stem(); }

std::vector<std::string> SourceFile::includes() const { return Matches(text, "#include \"([^\"]+)\""); }

const std::vector<SourceFile>& ProductFiles() {
  static const std::vector<SourceFile> files = [] {
    std::vector<SourceFile> found;
    const fs::path root = CALIWATCH_SOURCE_DIR;
    for (const char* top : {"lib", "agent"})
      for (const auto& entry : fs::recursive_directory_iterator(root / top))
        if (const auto extension = entry.path().extension(); extension == ".cc" || extension == ".h")
          found.push_back({fs::relative(entry.path(), root), Read(entry.path())});
    std::sort(found.begin(), found.end(), [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
    return found;
  }();
  return files;
}

std::vector<std::string> Matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it) found.push_back((*it)[1]);
  return found;
}

}  // namespace caliwatch
