// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/short_text.h"

#include <algorithm>
#include <string>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

std::vector<std::string> LinesOf(const Report& report) { return absl::StrSplit(ShortText(report), '\n'); }

TEST_CASE("a healthy node is one line") {
  CHECK(ShortText(ReportOf(HealthyNode())) == "node-231: nothing wrong found\n");
}

TEST_CASE("a finding is one line, with its severity, its check and what is wrong") {
  const std::vector<std::string> lines = LinesOf(ReportOf(NodeWithPeerDown()));
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "node-231: 1 critical problem");
  CHECK(absl::StartsWith(lines[1], "CRITICAL  bgp_peer_down  10.39.1.219"));
  CHECK(absl::StrContains(lines[1], "refuse"));
  CHECK(lines[2].empty());
}

TEST_CASE(
    "of one problem the first few are named in its line, and the others counted, those that are not listed, too") {
  Report report = ReportOf(NodeWithPeerDown());
  for (Verdict& verdict : report.verdicts)
    if (verdict.check->name == "bgp_peer_down") {
      verdict.findings.resize(30, verdict.findings.front());
      verdict.findings.front().finding.detail = "first line\nsecond line\033[2J";
      verdict.unlisted_causes = 1200;
    }
  const std::vector<std::string> lines = LinesOf(report);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "node-231: 1 critical problem");
  CHECK(absl::StartsWith(lines[1], "CRITICAL  bgp_peer_down  10.39.1.219, 10.39.1.219, 10.39.1.219 and 1,227 more"));
  CHECK(absl::StrContains(lines[1], ": first line\uFFFDsecond line\uFFFD[2J"));
}

TEST_CASE("what could not be read is told, and checks that lack the same are counted in one line") {
  const std::vector<std::string> lines = LinesOf(ReportOf(NodeWithoutLinks()));
  CHECK(lines[0] == "node-231: cannot judge, since not everything could be read");
  CHECK(lines[1] == "UNKNOWN  links  netlink is gone");
  CHECK(std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
          return absl::StartsWith(line, "UNKNOWN  ") && absl::StrContains(line, " checks  ");
        }) == 1);
  CHECK(lines.size() < 6);
}

}  // namespace
}  // namespace caliwatch
