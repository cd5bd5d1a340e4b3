// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/status_findings.h"

#include <string>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

TEST_CASE("of many findings of a kind the first is shown and the others folded away, each fold with its own name") {
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
       {"<details id=\"more-1\"><summary>7 more", "<details id=\"more-2\"><summary>7 more"})
    CHECK(absl::StrContains(html, fold));
}

TEST_CASE("what to type is whole, marked with where to type it and whether it changes something, and can be copied") {
  Snapshot node = HealthyNode();
  node.netconf->front().proxy_neigh = 0;
  TakeDown(PeersOf(node).back());
  PeersOf(node).back().error = {PeerErrorClass::kSocket, "Connection refused"};
  node.bgp_sockets = std::vector<BgpSocket>{Listener(), SessionWith("10.39.1.219")};
  const Report report = ReportOf(node);
  const std::string html = FindingsHtml(Summarize(report), report.taken_at);
  CHECK(absl::StrContains(html,
                          "</span> Pod default/pod-1 (cali12ab34cd56e) is cut off: nobody answers for its "
                          "gateway</h3>"));
  CHECK(absl::StrContains(html,
                          "<pre tabindex=\"0\">sysctl -w net/ipv4/conf/cali12ab34cd56e/proxy_arp=1</pre><button "
                          "id=\"copy-2-1\" type=\"button\" hidden>Copy</button><span class=\"warning\">changes "
                          "something; on this node, as root</span></div>"));
  CHECK(absl::StrContains(html,
                          "<pre tabindex=\"0\">ss -tlnp &#39;sport = :179&#39;</pre><button id=\"copy-1-2\" "
                          "type=\"button\" hidden>Copy</button><span class=\"quiet\">on the node of "
                          "10.39.1.36, as root</span></div>"));
}

TEST_CASE("a finding says whom it hits and for how long, and leads to what its check means") {
  Report report = ReportOf(NodeWithPeerDown());
  const absl::Time now = report.taken_at + absl::Seconds(80);
  const std::string html = FindingsHtml(Summarize(report), now);
  CHECK(
      absl::StrContains(html,
                        "<article id=\"finding-1\" class=\"finding critical\"><h3><span class=\"severity "
                        "critical\">critical</span> BGP peer 10.39.1.219 is down <small>for 1 min 20 s</small></h3>"));
  CHECK(absl::StrContains(html, "<a id=\"why-1\" href=\"explain/bgp_peer_down\">bgp_peer_down</a>"));
}

TEST_CASE("of many lines to type those behind the first few are folded away") {
  Report report = ReportOf(NodeWithPeerDown());
  for (Verdict& verdict : report.verdicts)
    for (OpenFinding& open : verdict.findings)
      for (int i = 0; i < 20; ++i) open.finding.commands.push_back({absl::StrCat("type ", i)});
  const std::string html = FindingsHtml(Summarize(report), report.taken_at);
  const size_t fold = html.find("<details id=\"commands-1\"><summary>");
  const size_t seventh = html.find("<button id=\"copy-1-7\"");
  REQUIRE(seventh != std::string::npos);
  CHECK(html.find("<button id=\"copy-1-6\"") < fold);
  CHECK(fold < seventh);
}

}  // namespace
}  // namespace caliwatch
