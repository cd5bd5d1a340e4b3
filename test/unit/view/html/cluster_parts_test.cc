// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/cluster_parts.h"

#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

ClusterReport LookedAt(const std::vector<AskedAgent>& cluster, int looks = 2) {
  ClusterState state;
  ClusterReport report;
  for (int look = 0; look < looks; ++look) report = JudgeCluster(cluster, absl::FromUnixSeconds(1'800'000'000), state);
  return report;
}

bool Holds(const std::string& html, absl::string_view part) {
  if (absl::StrContains(html, part)) return true;
  UNSCOPED_INFO(html);
  return false;
}

size_t Count(absl::string_view html, absl::string_view part) {
  size_t count = 0;
  for (size_t at = html.find(part); at != html.npos; at = html.find(part, at + part.size())) ++count;
  return count;
}

// n3 has lost BGP with all others, which say so, too.
std::vector<AskedAgent> WithOneCalledDead() {
  std::vector<AskedAgent> cluster = HealthyCluster();
  for (const size_t node : {0, 1, 3}) {
    TakeDown(SessionOf(cluster, node, 2));
    TakeDown(SessionOf(cluster, 2, node));
    cluster[node].node->findings = {{"critical", "bgp_peer_down", "10.39.1.13", absl::Minutes(9), 4}};
  }
  cluster[2].node->findings = {{"critical", "bird_down", "BIRD ipv4", absl::Minutes(9), 0}};
  return cluster;
}

TEST_CASE("a cause is told once, with what it explains, what it breaks and what to type") {
  const ClusterReport report = LookedAt(WithOneCalledDead());
  const std::string html = ClusterFindingsHtml(report);
  for (const char* part :
       {"<article class=\"finding critical\">", "Most nodes have lost BGP with a node that lives.",
        "<p>It explains 15 findings on 3 nodes.</p>", "<p>What it breaks: ", "<strong>What to do:</strong>",
        "<pre tabindex=\"0\">kubectl get pods -o wide -A -l k8s-app=calico-node --field-selector "
        "spec.nodeName=n3</pre>",
        "<a id=\"why-1\" href=\"explain/cluster_node_called_dead\">"})
    CHECK(Holds(html, part));
  CHECK(Count(html, "<article") == 1);
  CHECK(UnsureClusterHtml(report).empty());
  CHECK(Holds(NodesFindingsHtml(report), ">bird_down</th>"));
  CHECK_FALSE(absl::StrContains(NodesFindingsHtml(report), "bgp_peer_down"));
}

TEST_CASE("what one look alone has seen stands apart") {
  const ClusterReport report = LookedAt(WithOneCalledDead(), 1);
  CHECK(ClusterFindingsHtml(report).empty());
  CHECK(Holds(UnsureClusterHtml(report), "<li>cluster_node_called_dead: "));
}

TEST_CASE("a healthy cluster has its nodes, and no other section") {
  const ClusterReport report = LookedAt(HealthyCluster());
  CHECK(ClusterFindingsHtml(report).empty());
  CHECK(NodesFindingsHtml(report).empty());
  CHECK(UnsureClusterHtml(report).empty());
  CHECK(DifferencesHtml(report).empty());
  CHECK(Count(ClusterNodesHtml(report), "<tr><th scope=\"row\">n") == 4);
}

TEST_CASE("names that strangers tell are text, wherever they stand") {
  std::vector<AskedAgent> cluster = WithOneCalledDead();
  const std::string evil = "<script>alert(\"1\")</script>\x1b";
  cluster[2].node->node = evil;
  cluster[2].node->version = evil;
  cluster[2].node->findings = {{"critical", evil, evil, absl::Minutes(9), 0}};
  cluster[3].node = absl::UnavailableError(evil);
  for (const int looks : {1, 2}) {
    const ClusterReport report = LookedAt(cluster, looks);
    const std::string html = absl::StrCat(ClusterFindingsHtml(report), NodesFindingsHtml(report),
                                          UnsureClusterHtml(report), ClusterNodesHtml(report), DifferencesHtml(report));
    CHECK(Holds(html, "&lt;script&gt;"));
    CHECK_FALSE(absl::StrContains(html, "<script"));
    CHECK_FALSE(absl::StrContains(html, "\x1b"));
  }
}

TEST_CASE("of 5,007 nodes 5,000 have a line, the worst are in sight, and the page is no larger than two megabytes") {
  std::vector<AskedAgent> cluster = HealthyCluster(3);
  cluster[2].node->findings = {{"critical", "bird_down", "BIRD ipv4", absl::Minutes(9), 0}};
  for (int i = 0; i < 5'004; ++i) {
    cluster.push_back({.address = absl::StrCat("10.", i / 65536, ".", i / 256 % 256, ".", i % 256, ":10179")});
    Silence(cluster.back());
  }
  const std::string html = ClusterNodesHtml(LookedAt(cluster, 1));
  CHECK(Count(html, "<th scope=\"row\">") == kShownNodes);
  CHECK(Holds(html.substr(0, 1'000), "<tr class=\"bad\"><th scope=\"row\">n3</th>"));
  CHECK(absl::StrContains(html, "<summary>4950 more, none of them worse</summary>"));
  CHECK(absl::StrContains(html, "<p>and 7 more: the JSON has them</p>"));
  CHECK(html.size() < 2'000'000);
}

TEST_CASE("more findings than can be read are counted") {
  ClusterReport report = LookedAt(WithOneCalledDead());
  const OpenClusterFinding finding = report.findings.front();
  report.findings.assign(kShownClusterFindings + 3, finding);
  report.unlisted = 4;
  const std::string html = ClusterFindingsHtml(report);
  CHECK(Count(html, "<article") == kShownClusterFindings);
  CHECK(Holds(html, "<p>and 7 more: the JSON has them</p>"));
}

TEST_CASE("in what nodes differ is told with whom it is that differs") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  cluster[1].node->workload_mtu = 1400;
  const std::string html = DifferencesHtml(LookedAt(cluster));
  CHECK(
      Holds(html, "MTU of pods</th><td data-head=\"VALUE\">1450</td><td class=\"number\" data-head=\"NODES\">3</td>"));
  CHECK(Holds(html, "<td data-head=\"ON\">n2</td>"));
}

}  // namespace
}  // namespace caliwatch
