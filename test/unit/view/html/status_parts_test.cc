// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/status_parts.h"

#include <string>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

TEST_CASE("peers of a BIRD that has fallen silent are marked as old, and not counted as up") {
  const Report report = ReportOfSilentBird();
  const std::string html = PeersHtml(report);
  CHECK(absl::StrContains(html, "<caption>BGP peers, IPv4: unknown now; 2 as of 08:00:00 UTC, 40 s ago</caption>"));
  CHECK(absl::StrContains(
      html, "<tr class=\"old\"><th scope=\"row\">10.39.1.219</th><td data-head=\"STATE\">was Established</td>"));
  CHECK_FALSE(absl::StrContains(html, " up"));
}

TEST_CASE("a peer has what it is and how it is described below its address, with why it is down") {
  Snapshot node = HealthyNode();
  TakeDown(PeersOf(node).front());
  PeersOf(node).front().kind = PeerKind::kGlobal;
  PeersOf(node).front().description = "the router";
  const std::string html = PeersHtml(ReportOf(node));
  CHECK(absl::StrContains(
      html,
      "; peer of kind global; described as: the router</span></th><td data-head=\"STATE\">Active, 3 h 0 min</td>"));
  CHECK(absl::StrContains(html,
                          "<tr><th scope=\"row\">10.39.1.36</th><td data-head=\"STATE\">Established, 3 h 0 min</td>"));
}

TEST_CASE("of hundreds of peers that are down, the first are shown, and the fold says how many of each it has") {
  Snapshot node = HealthyNode();
  for (int i = 0; i < 40; ++i) {
    PeersOf(node).push_back(PeersOf(node).back());
    PeersOf(node).back().name = absl::StrCat("Mesh_10_39_2_", i);
  }
  for (int i = 0; i < 30; ++i) TakeDown(PeersOf(node)[i]);
  const std::string html = PeersHtml(ReportOf(node));
  CHECK(absl::StrContains(html, "<summary>10 more that are down, and 12 that are up</summary>"));
}

TEST_CASE("checks that cannot judge are told once for each reason, with their names folded away") {
  const Report report = ReportOf(NodeWithoutLinks());
  const std::string html = SourcesHtml(report, Summarize(report));
  CHECK(absl::StrContains(html, "<details id=\"waiting-1\"><summary>"));
  CHECK(absl::StrContains(html, " checks wait: netlink is gone</summary>\n<p>"));
  CHECK(absl::StrContains(html, ", duplicate_neighbor_ip, "));
}

TEST_CASE("other nodes are rows of a table, marked where something lacks") {
  Snapshot node = VxlanNode();
  node.fdb->pop_back();
  const std::string html = NodesHtml(ReportOf(node));
  CHECK(absl::StrContains(html, "<caption>Other nodes, IPv4: 2 by VXLAN; 1 incomplete</caption>"));
  CHECK(absl::StrContains(
      html,
      "<tr class=\"bad\"><th scope=\"row\">?<span class=\"below\">no node for its tunnel&#39;s MAC</span></th>"
      "<td data-head=\"WAY\">VXLAN to 192.168.219.0</td>"));
  CHECK(absl::StrContains(html, "<tr><th scope=\"row\">10.39.1.36</th>"));
  CHECK_FALSE(absl::StrContains(html, "<details"));
}

TEST_CASE("of hundreds of other nodes, those behind the first are folded away, and of thousands the rest is counted") {
  Report report = ReportOf(VxlanNode());
  std::vector<RemoteNode>& rows = report.remote_nodes->rows;
  rows.resize(300, rows.back());
  rows.back().lacks = {NodeLack::kFdb};
  std::string html = NodesHtml(report);
  CHECK(absl::StrContains(html, "</thead><tbody>\n<tr class=\"bad\">"));
  CHECK(absl::StrContains(html, "<details id=\"nodes-ipv4\"><summary>and 294 more, all complete</summary>"));
  CHECK(static_cast<std::vector<std::string>>(absl::StrSplit(html, "<tr")).size() == 1 + 2 + 300);
  rows.resize(5000, rows.front());
  html = NodesHtml(report);
  CHECK(absl::StrContains(html, "<summary>and 4994 more, all complete</summary>"));
  CHECK(absl::StrContains(html, "<p>and 4500 more, all complete</p>"));
  CHECK(static_cast<std::vector<std::string>>(absl::StrSplit(html, "<tr")).size() == 1 + 2 + 500);
}

TEST_CASE("of thousands of peers the first are listed, and the rest is counted") {
  Report report = ReportOf(HealthyNode());
  report.peers.resize(5000, report.peers.front());
  const std::string html = PeersHtml(report);
  CHECK(absl::StrContains(html, "<summary>5000 that are up</summary>"));
  CHECK(absl::StrContains(html, "<p>and 4500 more: the JSON has them</p>"));
  CHECK(static_cast<std::vector<std::string>>(absl::StrSplit(html, "<tr")).size() == 1 + 1 + 500);
}

TEST_CASE("other nodes that cannot be known are unknown, and where there are none, there is no section") {
  Report report = ReportOf(VxlanNode());
  report.remote_nodes = absl::UnavailableError("netlink is <gone>");
  CHECK(absl::StrContains(NodesHtml(report), "<p>Unknown: netlink is &lt;gone&gt;</p>"));
  report.remote_nodes = RemoteNodes{};
  CHECK(NodesHtml(report).empty());
}

TEST_CASE("watched routes are shown where there are any, those that are missing as bad") {
  Snapshot node = VxlanNode();
  CHECK(WatchedRoutesHtml(ReportOf(node)).empty());
  Observer observer({.watched_routes = {*Prefix::Parse("198.51.100.0/24")}});
  const std::string html = WatchedRoutesHtml(observer.Observe(Seen(node)));
  CHECK(absl::StrContains(html, "<caption>Watched routes: 0 of 1 are there</caption>"));
  CHECK(absl::StrContains(
      html, "<tr class=\"bad\"><th scope=\"row\">198.51.100.0/24</th><td data-head=\"STATE\">missing</td>"));
  Report unread;
  unread.watched_routes = absl::UnavailableError("netlink is <gone>");
  CHECK(absl::StrContains(WatchedRoutesHtml(unread), "<p>Unknown: netlink is &lt;gone&gt;</p>"));
}

}  // namespace
}  // namespace caliwatch
