// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/status_page.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check_info.h"
#include "test/support/catch.h"
#include "test/support/judged_nodes.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

std::string PageOf(const Report& report, bool healthy = true) {
  return StatusPage(report,
                    {.telemetry_path = "/metrics", .now = report.taken_at + absl::Seconds(7), .healthy = healthy});
}

size_t Count(absl::string_view text, absl::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != absl::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST_CASE("a healthy node's page says so, with its peers and when it was seen") {
  const std::string page = PageOf(ReportOf(HealthyNode()));
  for (const absl::string_view part :
       {"<title>node-231: nothing wrong found</title>", "class=\"verdict good\"", "Seen 7 s ago",
        "BGP peers, IPv4: 2 of 2 up", "<th scope=\"row\">10.39.1.36</th>", "None since the agent knows this node",
        "<dt>Felix</dt><dd>live and ready</dd>"})
    CHECK(absl::StrContains(page, part));
  CHECK(absl::StrContains(page, absl::StrCat(AllCheckInfos().size(), " checks")));
  CHECK_FALSE(absl::StrContains(page, "id=\"findings\""));
}

TEST_CASE("a node behind VXLAN has its other nodes at a glance, and one line of BIRD") {
  const std::string page = PageOf(ReportOf(VxlanNode()));
  CHECK(absl::StrContains(page, "<li>Other nodes, IPv4: 2 by VXLAN; all complete</li>"));
  CHECK(absl::StrContains(page, "id=\"nodes\""));
  CHECK(Count(page, "does not run here") == 1);
  CHECK_FALSE(absl::StrContains(page, "restarts"));
}

TEST_CASE("where there are sessions, the other nodes are no glance") {
  const std::string page = PageOf(ReportOf(HealthyNode()));
  CHECK_FALSE(absl::StrContains(page, "<li>Other nodes"));
  CHECK(absl::StrContains(page, "<caption>Other nodes, IPv4: 2 direct"));
}

TEST_CASE("a fault stands before all else, with what it breaks and what to do") {
  Snapshot node = HealthyNode();
  TakeDown(PeersOf(node).front());
  const std::string page = PageOf(ReportOf(node));
  CHECK(absl::StrContains(page, "class=\"verdict critical\""));
  CHECK(absl::StrContains(page, "1 critical problem"));
  CHECK(page.find("What it breaks: This node and the peer") < page.find("id=\"peers\""));
  CHECK(page.find("What to do:") < page.find("id=\"peers\""));
  CHECK(absl::StrContains(page, "<tr class=\"bad\"><th scope=\"row\">10.39.1.219<"));
}

TEST_CASE("while only what followed from a cause that is over is left, nothing is wrong any more") {
  Report report = ReportOf(HealthyNode());
  report.verdicts.front().findings = {
      {{ProtocolName{"x"}, std::nullopt, "still so"}, "x", report.taken_at, FindingId{"bird_down", "ipv4"}}};
  CHECK(absl::StrContains(PageOf(report), "class=\"verdict good\""));
}

TEST_CASE("nothing that the node says is markup") {
  Snapshot node = HealthyNode();
  node.node_name = "<b>node</b>";
  TakeDown(PeersOf(node).front());
  PeersOf(node).front().description = "<script>alert('1')</script>\x1b&\xff";
  const std::string page = PageOf(ReportOf(node));
  CHECK(absl::StrContains(
      page, "described as: &lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;\xEF\xBF\xBD&amp;\xEF\xBF\xBD<"));
  CHECK(absl::StrContains(page, "<h1>&lt;b&gt;node&lt;/b&gt;</h1>"));
  CHECK(Count(page, "<script") == 1);
  CHECK(Count(page, "alert(") == 1);
}

TEST_CASE("of many peers, those that are up are folded away") {
  Snapshot node = HealthyNode();
  for (int i = 0; i < 30; ++i) {
    PeersOf(node).push_back(PeersOf(node).back());
    PeersOf(node).back().name = absl::StrCat("Mesh_10_39_2_", i);
  }
  CHECK(absl::StrContains(PageOf(ReportOf(node)), "<p><b>BGP peers, IPv4: 32 of 32 up</b></p>"));
  TakeDown(PeersOf(node).front());
  const std::string page = PageOf(ReportOf(node));
  CHECK(absl::StrContains(page, "<summary>31 that are up</summary>"));
  CHECK(page.find("<th scope=\"row\">10.39.1.219<") < page.find("<details id=\"up-ipv4\""));
}

TEST_CASE("a restart under way is told beside the verdict, which it makes doubtful") {
  Report report = ReportOf(HealthyNode());
  report.birds[Family::kIpv4].convergence.phase = ConvergencePhase::kPeers;
  report.birds[Family::kIpv4].convergence.elapsed = absl::Seconds(42);
  CHECK(absl::StrContains(PageOf(report), "<li>IPv4 is not back 42 s after"));
  CHECK(absl::StrContains(PageOf(report),
                          "class=\"verdict warning\"><p>node-231: no fault so far; a restart of BIRD is not over"));
}

TEST_CASE("what is wrong stands beside the tables, which are all there is where nothing is") {
  const std::string healthy = PageOf(ReportOf(HealthyNode()));
  REQUIRE(absl::StrContains(healthy, "id=\"node\""));
  CHECK(healthy.find("id=\"nodes\"") < healthy.find("class=\"beside\""));
  CHECK(healthy.find("class=\"beside\"") < healthy.find("id=\"node\""));
  Snapshot node = HealthyNode();
  TakeDown(PeersOf(node).front());
  const std::string page = PageOf(ReportOf(node));
  for (const char* id : {"id=\"peers\"", "id=\"node\""}) REQUIRE(absl::StrContains(page, id));
  CHECK(page.find("id=\"findings\"") < page.find("class=\"beside\""));
  CHECK(page.find("class=\"beside\"") < page.find("id=\"peers\""));
  CHECK(page.find("id=\"nodes\"") < page.find("id=\"node\""));
}

TEST_CASE("the verdict says since when the gravest holds") {
  Report report = ReportOf(HealthyNode());
  const CheckInfo critical{
      .name = "a", .severity = Severity::kCritical, .summary = "", .impact = "", .meaning = "", .remedy = ""};
  const absl::Time now = report.taken_at;
  OpenFinding open;
  open.subject = "x";
  open.since = now;
  report.verdicts = {{&critical, absl::OkStatus(), {open}}};
  CHECK_FALSE(absl::StrContains(PageOf(report), "critical since"));
  report.verdicts[0].findings[0].since = now - absl::Seconds(80);
  CHECK(absl::StrContains(PageOf(report),
                          "<li>critical since <time datetime=\"2027-01-15T07:58:40Z\">07:58:40 UTC</time>, "
                          "for 1 min 20 s</li>"));
}

TEST_CASE("links to elsewhere are those that were set, with the node's name in them, and nothing in them is markup") {
  Report report = ReportOf(HealthyNode());
  const auto page_with = [&](absl::string_view grafana, absl::string_view cluster) {
    return StatusPage(
        report, {.telemetry_path = "/metrics", .now = report.taken_at, .grafana_url = grafana, .cluster_url = cluster});
  };
  CHECK_FALSE(absl::StrContains(page_with("", ""), "<nav"));
  report.node_name = "node 1&\"";
  const std::string page = page_with("https://g.example.com/d/x?a=1&var-instance={node}", "");
  CHECK(absl::StrContains(page,
                          "<a href=\"https://g.example.com/d/x?a=1&amp;var-instance=node%201%26%22\" rel=\"noopener "
                          "noreferrer\">Grafana</a>"));
  CHECK_FALSE(absl::StrContains(page, ">The cluster<"));
  CHECK(absl::StrContains(page_with("", "http://c.example.com/"), "<a href=\"http://c.example.com/\""));
}

TEST_CASE("there is a link to the page of all nodes where there is such a page") {
  const Report report = ReportOf(HealthyNode());
  const auto page_with = [&](bool has_cluster_page) {
    return StatusPage(report,
                      {.telemetry_path = "/metrics", .now = report.taken_at, .has_cluster_page = has_cluster_page});
  };
  CHECK(absl::StrContains(page_with(true), "<nav aria-label=\"Elsewhere\"><a href=\"cluster\">All nodes</a>"));
  CHECK_FALSE(absl::StrContains(page_with(false), "href=\"cluster\""));
}

TEST_CASE("a screen reader is told of another verdict, and not of each look") {
  const std::string page = PageOf(ReportOf(HealthyNode()));
  CHECK(Count(page, "role=\"status\"") == 1);
  CHECK(absl::StrContains(page, "</main>\n<p id=\"told\" class=\"unseen\" role=\"status\"></p>"));
  CHECK(absl::StrContains(page, "<a class=\"skip\" href=\"#report\">"));
  CHECK(absl::StrContains(page, "<div id=\"report\" tabindex=\"-1\">"));
}

TEST_CASE("the page names the agent's version and revision") {
  const Report report = ReportOf(HealthyNode());
  CHECK(absl::StrContains(
      StatusPage(report, {.telemetry_path = "/metrics", .now = report.taken_at, .version = "1.2", .revision = "abc"}),
      "<p>caliwatch 1.2, revision abc</p>"));
}

TEST_CASE("what could not be read, and what is over, is told") {
  Snapshot node = HealthyNode();
  node.links = absl::UnavailableError("netlink is gone");
  for (SourceReading& reading : node.sources)
    if (reading.name == "links") reading.status = node.links.status();
  Report report = ReportOf(node);
  const absl::Time now = report.taken_at;
  report.past_findings = {
      {AllCheckInfos().front(), "10.39.1.36", "it was <bad>", now - absl::Seconds(90), now - absl::Seconds(30)}};
  const std::string page = PageOf(report, false);
  CHECK(absl::StrContains(page, "class=\"verdict warning\""));
  CHECK(absl::StrContains(page, ">netlink is gone</td>"));
  CHECK(absl::StrContains(page, "<details id=\"all-sources\" open>"));
  CHECK(absl::StrContains(page, ", after 1 min 0 s: bgp_listen_overflow 10.39.1.36: it was &lt;bad&gt;"));
  CHECK(absl::StrContains(page, "class=\"stale\""));
}

}  // namespace
}  // namespace caliwatch
