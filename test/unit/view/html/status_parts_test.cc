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

std::vector<BgpPeer>& PeersOf(Snapshot& node) { return *node.birds[Family::kIpv4].peers; }

void TakeDown(BgpPeer& peer) {
  peer.state = ProtocolState::kStart;
  peer.bgp_state = BgpState::kActive;
  peer.bgp_state_text = "Active";
}

TEST_CASE(
    "of many findings, five of each kind are shown and the others folded away, each fold with a name of its own") {
  Snapshot node = HealthyNode();
  for (int i = 0; i < 16; ++i) {
    PeersOf(node).push_back(PeersOf(node).back());
    PeersOf(node).back().name = absl::StrCat("Mesh_10_39_2_", i);
    PeersOf(node).back().address = *IpAddress::Parse(absl::StrCat("10.39.2.", i));
    TakeDown(PeersOf(node).back());
    const bool refused = i % 2 == 0;
    PeersOf(node).back().error = refused ? PeerError{PeerErrorClass::kSocket, "Connection refused"} : PeerError{};
  }
  const Report report = ReportOf(node);
  const std::string html = FindingsHtml(Summarize(report), report.taken_at);
  for (const absl::string_view fold :
       {"<details id=\"more-1\"><summary>3 more", "<details id=\"more-2\"><summary>3 more"})
    CHECK(absl::StrContains(html, fold));
}

TEST_CASE("what to type is whole, marked where it changes something or is for another machine, and can be copied") {
  Snapshot node = HealthyNode();
  node.netconf->front().proxy_neigh = 0;
  TakeDown(PeersOf(node).back());
  PeersOf(node).back().error = {PeerErrorClass::kSocket, "Connection refused"};
  node.bgp_sockets = std::vector<BgpSocket>{Listener(), SessionWith("10.39.1.219")};
  const Report report = ReportOf(node);
  const std::string html = FindingsHtml(Summarize(report), report.taken_at);
  CHECK(absl::StrContains(html,
                          "</span>Pod default/pod-1 (cali12ab34cd56e) is cut off: nobody answers for its "
                          "gateway</h3>"));
  CHECK(absl::StrContains(html,
                          "<pre tabindex=\"0\">sysctl -w net/ipv4/conf/cali12ab34cd56e/proxy_arp=1</pre><button "
                          "id=\"copy-2-1\" type=\"button\" hidden>Copy</button><span class=\"warning\">changes "
                          "something</span></div>"));
  CHECK(absl::StrContains(html,
                          "<pre tabindex=\"0\">ss -tlnp &#39;sport = :179&#39;</pre><button id=\"copy-1-2\" "
                          "type=\"button\" hidden>Copy</button><span class=\"quiet\">on the node of "
                          "10.39.1.36</span></div>"));
}

TEST_CASE("peers of a BIRD that has fallen silent are marked as old, and not counted as up") {
  Snapshot node = HealthyNode();
  Observer observer;
  observer.Observe(Seen(node));
  const absl::Status silent = absl::DeadlineExceededError("BIRD is silent");
  node.birds[Family::kIpv4] = {silent, silent, silent};
  Fail(node, "bird", silent);
  LetPass(absl::Seconds(40), node);
  const Report report = observer.Observe(Seen(node));
  const std::string html = PeersHtml(report);
  CHECK(absl::StrContains(html, "<caption>BGP peers, IPv4: unknown now; 2 as of 08:00:00 UTC, 40 s ago</caption>"));
  CHECK(absl::StrContains(html, "<tr class=\"old\"><td>10.39.1.219</td>"));
  CHECK_FALSE(absl::StrContains(html, " up"));
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
      html, "<tr class=\"bad\"><td>?</td><td>no node for its tunnel&#39;s MAC</td><td>VXLAN to 192.168.219.0</td>"));
  CHECK(absl::StrContains(html, "<tr><td>10.39.1.36</td>"));
  CHECK_FALSE(absl::StrContains(html, "<details"));
}

TEST_CASE("of hundreds of other nodes, those behind the first are folded away, and of thousands the rest is counted") {
  Report report = ReportOf(VxlanNode());
  std::vector<RemoteNode>& rows = report.remote_nodes->rows;
  rows.resize(300, rows.back());
  rows.back().lacks = {NodeLack::kFdb};
  std::string html = NodesHtml(report);
  CHECK(absl::StrContains(html, "</thead><tbody>\n<tr class=\"bad\">"));
  CHECK(absl::StrContains(html, "<details id=\"nodes-ipv4\"><summary>and 280 more, all complete</summary>"));
  CHECK(static_cast<std::vector<std::string>>(absl::StrSplit(html, "<tr")).size() == 1 + 2 + 300);
  rows.resize(5000, rows.front());
  html = NodesHtml(report);
  CHECK(absl::StrContains(html, "<summary>and 4980 more, all complete</summary>"));
  CHECK(absl::StrContains(html, "<p>and 4500 more, all complete</p>"));
  CHECK(static_cast<std::vector<std::string>>(absl::StrSplit(html, "<tr")).size() == 1 + 2 + 500);
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
  CHECK(absl::StrContains(html, "<tr class=\"bad\"><td>198.51.100.0/24</td><td>missing</td>"));
  Report unread;
  unread.watched_routes = absl::UnavailableError("netlink is <gone>");
  CHECK(absl::StrContains(WatchedRoutesHtml(unread), "<p>Unknown: netlink is &lt;gone&gt;</p>"));
}

}  // namespace
}  // namespace caliwatch
