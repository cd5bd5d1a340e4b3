// SPDX-License-Identifier: Apache-2.0
#include "lib/view/terminal/wide_text.h"

#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

TEST_CASE("each peer has its protocol, its AS, when it became what it is, and its last error") {
  Snapshot node = NodeWithPeerDown();
  FirstPeer(node).last_error = {PeerErrorClass::kSocket, "Connection refused"};
  FirstPeer(node).description = "rack 4\033[2J";
  const std::string text = WideText(ReportOf(node));
  CHECK(absl::StrContains(text, "\nIn full: BGP peers, IPv4: 1 of 2 up\n  PEER"));
  const size_t row = text.find("\n  10.39.1.219 ");
  REQUIRE(row != std::string::npos);
  const std::string line = text.substr(row + 1, text.find('\n', row + 1) - row - 1);
  CHECK(absl::StrContains(line, FirstPeer(node).name));
  CHECK(absl::StrContains(line, absl::StrCat(*FirstPeer(node).remote_as)));
  CHECK(absl::StrContains(line, "2027-01-15 07:58:45 UTC"));
  CHECK(absl::StrContains(line, "Connection refused  rack 4\uFFFD[2J"));
  CHECK(!absl::StrContains(text, "BGP peers, IPv6"));
}

TEST_CASE("every other node is there, also where the report itself counts most of them") {
  Report report = ReportOf(VxlanNode());
  report.remote_nodes->rows.resize(600, report.remote_nodes->rows.back());
  const std::string text = WideText(report);
  CHECK(absl::StrContains(text, "\nIn full: Other nodes, IPv4: 600 by VXLAN; all complete\n  NODE"));
  CHECK(static_cast<std::vector<std::string>>(absl::StrSplit(text, "  vxlan.calico  ")).size() == 601);
}

TEST_CASE("each source says when it was read last, and why not now") {
  const std::string text = WideText(ReportOf(NodeWithoutLinks()));
  CHECK(absl::StrContains(text, "\nSources\n  SOURCE"));
  const std::string row = text.substr(text.find("\n  links ") + 1);
  CHECK(absl::StrContains(row.substr(0, row.find('\n')), "never"));
  CHECK(absl::StrContains(row.substr(0, row.find('\n')), "netlink is gone"));
}

}  // namespace
}  // namespace caliwatch
