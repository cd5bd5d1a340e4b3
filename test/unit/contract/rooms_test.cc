// SPDX-License-Identifier: Apache-2.0

// The stages of the design, held to their order: which folder may include which, and where I/O and clocks may be.

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

namespace fs = std::filesystem;

struct Source {
  std::string path;    // "lib/decode/bird_time.cc"
  std::string folder;  // "lib/decode"
  std::string text;
};

std::string FolderOf(const std::string& path) {
  if (path.rfind("lib/", 0) == 0) return path.substr(0, path.find('/', 4));
  return path.substr(0, path.find('/'));
}

std::vector<Source> SourcesBelow(const std::string& folder) {
  std::vector<Source> sources;
  const fs::path root = CALIWATCH_SOURCE_DIR;
  for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
    if (entry.path().extension() != ".cc" && entry.path().extension() != ".h") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const std::string path = fs::relative(entry.path(), root).string();
    sources.push_back({path, FolderOf(path), text.str()});
  }
  return sources;
}

std::vector<Source> ProgramSources() {
  std::vector<Source> all = SourcesBelow("lib");
  for (Source& source : SourcesBelow("agent")) all.push_back(std::move(source));
  return all;
}

std::vector<std::string> Matches(const std::string& text, const std::string& pattern) {
  const std::regex expression(pattern);
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it) found.push_back((*it)[1]);
  return found;
}

bool MayInclude(const std::string& folder, const std::string& header) {
  static const std::map<std::string, std::set<std::string>> kAllowed = {
      {"lib/model", {}},
      {"lib/node", {}},
      {"lib/decode", {"lib/model"}},
      {"lib/analysis", {"lib/model"}},
      {"lib/metrics", {"lib/model", "lib/analysis"}},
      {"agent", {"lib/model", "lib/node", "lib/decode", "lib/analysis", "lib/metrics"}},
  };
  const std::string target = FolderOf(header);
  if (target == folder) return true;
  if (folder == "lib/decode" && header == "lib/node/raw_node.h") return true;
  return kAllowed.at(folder).count(target) != 0;
}

TEST_CASE("each stage includes only the stages before it") {
  size_t includes = 0;
  for (const Source& source : ProgramSources())
    for (const std::string& header : Matches(source.text, "#include \"([^\"]+)\"")) {
      ++includes;
      INFO(source.path << " includes " << header);
      CHECK(MayInclude(source.folder, header));
    }
  CHECK(includes > 100);
}

TEST_CASE("logging, YAML, HTTP and command-line libraries stop at the process") {
  for (const Source& source : SourcesBelow("lib")) {
    INFO(source.path);
    CHECK(Matches(source.text, "#include [<\"]((spdlog|yaml-cpp|CLI|CivetServer|civetweb)[^>\"]*)").empty());
  }
}

TEST_CASE("only the node's edge and the process do I/O or read a clock") {
  const std::string io =
      "(absl::Now\\(|std::chrono|<(chrono|fstream|iostream|filesystem|unistd\\.h|fcntl\\.h)>|[ "
      "=(](socket|connect|recvmsg|fopen)\\()";
  for (const Source& source : SourcesBelow("lib")) {
    if (source.folder == "lib/node") continue;
    INFO(source.path);
    CHECK(Matches(source.text, io).empty());
  }
}

TEST_CASE("headers stay free of the libraries that are slow to compile") {
  for (const Source& source : ProgramSources()) {
    if (source.path.substr(source.path.size() - 2) != ".h") continue;
    INFO(source.path);
    CHECK(Matches(source.text, "#include <((spdlog|yaml-cpp|CLI|nlohmann/json\\.|prometheus|CivetServer|catch2)[^>]*)")
              .empty());
  }
}

}  // namespace
}  // namespace caliwatch
