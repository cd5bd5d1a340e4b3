// SPDX-License-Identifier: Apache-2.0

// The rooms of the house, held to their order: which one may include which, and where I/O, clocks and large libraries
// may be.

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/source_tree.h"

namespace caliwatch {
namespace {

using Paths = std::vector<std::string>;  // "lib/model/": the room; "lib/analysis/report.h": this header alone

Paths operator+(Paths some, const Paths& more) {
  some.insert(some.end(), more.begin(), more.end());
  return some;
}

// Each room with what it may include beside itself.
const std::map<std::string, Paths>& Rooms() {
  const Paths model = {"lib/model/"};
  const Paths routes = {"lib/analysis/routes/"}, bgp = {"lib/analysis/bgp/"}, workloads = {"lib/analysis/workloads/"};
  const Paths convergence = {"lib/analysis/convergence/"}, evidence = {"lib/analysis/evidence/"};
  const Paths findings = {"lib/analysis/findings/"}, state = {"lib/analysis/state/"};
  const Paths report = {"lib/analysis/report.h", "lib/analysis/findings/finding.h",
                        "lib/analysis/findings/check_info.h", "lib/analysis/findings/verdict.h"};
  const Paths check_info = {"lib/analysis/findings/check_info.h", "lib/analysis/findings/finding.h"};
  const Paths path = {"lib/analysis/path/path.h"};
  const Paths ipam = {"lib/ipam/"}, cluster = {"lib/cluster/"};
  const Paths lib = {"lib/"}, process = {"agent/exit_code.h", "agent/build/", "agent/log/", "agent/config/"};
  static const std::map<std::string, Paths> rooms = {
      {"lib/model", {}},
      {"lib/node", {}},
      {"lib/decode", model},
      {"lib/anonymize", model + Paths{"lib/node/raw_node.h"}},
      {"lib/read", model + Paths{"lib/decode/", "lib/node/raw_node.h", "lib/node/kernel_dumps.h", "lib/node/texts.h"}},
      {"lib/analysis/routes", model},
      {"lib/analysis/bgp", model + Paths{"lib/analysis/routes/route_tally.h"}},
      {"lib/analysis/workloads", model + routes},
      {"lib/analysis/convergence", model + routes},
      {"lib/analysis/evidence", model + routes + bgp + workloads + convergence},
      {"lib/analysis/findings", model + evidence},
      {"lib/analysis/checks", model + evidence + findings + routes + bgp + workloads},
      {"lib/analysis/state", model + evidence + findings + routes + bgp + workloads + convergence},
      {"lib/analysis/path", model + report + evidence + findings + routes + workloads + state},
      {"lib/analysis", model + routes + bgp + workloads + convergence + evidence + findings + state},
      {"lib/ipam", model + check_info + Paths{"lib/analysis/workloads/node_workloads.h"}},
      {"lib/ipam/checks", model + check_info + ipam},
      {"lib/cluster", model + check_info + Paths{"lib/analysis/findings/calico_node_pod.h"}},
      {"lib/cluster/checks", model + check_info + cluster},
      {"lib/metrics", model + report + ipam + cluster},
      {"lib/metrics/catalog", model + report + Paths{"lib/metrics/"}},
      {"lib/view", model + report + path + ipam + cluster},
      {"lib/view/terminal", model + report + path + ipam + cluster + Paths{"lib/view/"}},
      {"lib/view/html", model + report + ipam + cluster + Paths{"lib/view/"}},
      {"lib/view/json",
       model + report + path + ipam + cluster +
           Paths{"lib/view/", "lib/analysis/workloads/node_workloads.h", "lib/analysis/node_basics.h"}},
      {"lib/view/log", model + report + ipam + Paths{"lib/view/"}},
      {"agent", {"agent/cli/"}},
      {"agent/build", {}},
      {"agent/log", {"agent/exit_code.h", "lib/view/log/log_record.h"}},
      {"agent/config", lib + Paths{"agent/exit_code.h"}},
      {"agent/http", lib + process},
      {"agent/daemon", lib + process + Paths{"agent/http/", "agent/nodes/", "agent/cluster/live_sources.h"}},
      {"agent/nodes", lib + process},
      {"agent/cluster", lib + process + Paths{"agent/nodes/"}},
      {"agent/cli", lib + process + Paths{"agent/daemon/", "agent/cluster/", "agent/nodes/"}},
  };
  return rooms;
}

std::string FolderOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

// "lib/view/" is the room alone, "lib/" all of lib.
bool Covers(const std::string& allowed, const std::string& header) {
  return allowed == header || absl::StrCat(FolderOf(header), "/") == allowed ||
         (allowed == "lib/" && absl::StartsWith(header, "lib/"));
}

bool MayInclude(const std::string& room, const std::string& header) {
  const std::string target = FolderOf(header);
  if (target == "lib/analysis/checks" || target == "lib/ipam/checks" || target == "lib/cluster/checks" ||
      target == "lib/metrics/catalog")
    return false;
  const bool shows = absl::StartsWith(room, "lib/view") || absl::StartsWith(room, "lib/metrics");
  if (shows && header == "lib/model/snapshot.h") return false;
  if (target == room) return true;
  for (const std::string& allowed : Rooms().at(room))
    if (Covers(allowed, header)) return true;
  return false;
}

TEST_CASE("every file stands in a room") {
  for (const SourceFile& file : ProductFiles()) {
    INFO(file.path);
    CHECK(Rooms().count(file.folder()) == 1);
  }
}

TEST_CASE("each room includes only the rooms before it") {
  size_t includes = 0;
  for (const SourceFile& file : ProductFiles())
    for (const std::string& header : file.includes()) {
      ++includes;
      INFO(file.path << " includes " << header);
      CHECK(MayInclude(file.folder(), header));
    }
  CHECK(includes > 100);
}

TEST_CASE("logging, YAML, HTTP and command-line libraries stop at the process, CLI11 at the parser") {
  for (const SourceFile& file : ProductFiles()) {
    INFO(file.path);
    if (absl::StartsWith(file.path, "lib/"))
      CHECK(Matches(file.text, "#include [<\"]((spdlog|yaml-cpp|CLI|civetweb)[^>\"]*)").empty());
    if (file.path != "agent/cli/command_line.cc") CHECK(Matches(file.text, "#include <(CLI/[^>]*)").empty());
  }
}

TEST_CASE("libcurl is a transfer's alone, simdjson the parser's of what an API server sends") {
  const std::set<std::string> its_own = {"agent/cluster/http_transfer.cc", "agent/cluster/http_transfer.h",
                                         "agent/cluster/transfers.cc"};
  for (const SourceFile& file : ProductFiles()) {
    if (its_own.count(file.path) != 0) continue;
    INFO(file.path);
    CHECK(Matches(file.text, "#include [<\"](curl/|agent/cluster/http_transfer)").empty());
    if (file.path != "agent/cluster/json_parser.cc") CHECK(Matches(file.text, "#include <(simdjson)").empty());
  }
}

TEST_CASE("only the node's edge and the process do I/O, read a clock or ask a terminal") {
  const std::string io =
      "(absl::Now\\(|std::chrono|clock_gettime|getenv|isatty|"
      "<(chrono|fstream|iostream|filesystem|unistd\\.h|fcntl\\.h|sys/ioctl\\.h|termios\\.h)>|"
      "[ =(](socket|connect|recvmsg|fopen)\\()";
  for (const SourceFile& file : ProductFiles()) {
    if (!absl::StartsWith(file.path, "lib/") || file.folder() == "lib/node") continue;
    INFO(file.path);
    CHECK(Matches(file.text, io).empty());
  }
}

TEST_CASE("headers stay free of the libraries that are slow to compile") {
  for (const SourceFile& file : ProductFiles()) {
    if (!file.is_header()) continue;
    INFO(file.path);
    CHECK(Matches(file.text,
                  "#include <((spdlog|yaml-cpp|CLI|nlohmann/json\\.|prometheus/(?!metric_type)|civetweb|catch2)[^>]*)")
              .empty());
  }
}

}  // namespace
}  // namespace caliwatch
