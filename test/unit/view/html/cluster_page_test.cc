// SPDX-License-Identifier: Apache-2.0
#include "lib/view/html/cluster_page.h"

#include <string>

#include <absl/strings/match.h>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

ClusterReport LookedAt(const std::vector<AskedAgent>& cluster, int looks = 2) {
  ClusterState state;
  ClusterReport report;
  for (int look = 0; look < looks; ++look) report = JudgeCluster(cluster, kNow, state);
  return report;
}

PageContext Context(bool healthy = true) {
  return {.telemetry_path = "", .now = kNow + absl::Seconds(12), .healthy = healthy};
}

bool Holds(const std::string& page, absl::string_view part) {
  if (absl::StrContains(page, part)) return true;
  UNSCOPED_INFO(page);
  return false;
}

TEST_CASE("the page of a healthy cluster says so first, and when it was seen") {
  const std::string page = ClusterPage(LookedAt(HealthyCluster(3)), Context());
  CHECK(Holds(page, "<title>Cluster: nothing wrong found on 3 nodes</title>"));
  CHECK(Holds(page, "class=\"verdict good\"><p>Cluster: nothing wrong found on 3 nodes</p>"));
  CHECK(Holds(page, "<li>3 of 3 agents answered</li>"));
  CHECK(Holds(page, "class=\"quiet\">Seen 12 s ago"));
  CHECK(Holds(page, "<a href=\"api/v1/cluster\">This as JSON</a>"));
  CHECK_FALSE(absl::StrContains(page, "id=\"findings\""));
  CHECK_FALSE(absl::StrContains(page, "id=\"problems\""));
  CHECK_FALSE(absl::StrContains(page, "were not compared"));
}

TEST_CASE("a look of who asked before is shown as old") {
  CHECK(Holds(ClusterPage(LookedAt(HealthyCluster()), Context(false)),
              "class=\"stale\">Seen 12 s ago, at <time datetime=\"2027-01-15T08:00:00Z\">08:00:00 UTC</time>. Since "
              "then nobody had asked"));
}

TEST_CASE("the verdict is as grave as the gravest that counts") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  Silence(cluster[3]);
  CHECK(Holds(ClusterPage(LookedAt(cluster, 1), Context()), "class=\"verdict warning\">"));
  cluster = HealthyCluster();
  cluster[1].node->findings = {{"warning", "peer_flapping", "10.39.1.12", absl::Minutes(9), 0}};
  CHECK(Holds(ClusterPage(LookedAt(cluster), Context()), "class=\"verdict warning\">"));
  cluster[2].node->findings = {{"critical", "bird_down", "BIRD ipv4", absl::Minutes(9), 0}};
  CHECK(Holds(ClusterPage(LookedAt(cluster), Context()), "class=\"verdict critical\">"));
  cluster = HealthyCluster();
  cluster[2].node->blocks->push_back(cluster[0].node->blocks->front());
  CHECK(Holds(ClusterPage(LookedAt(cluster, 1), Context()), "class=\"verdict info\">"));
}

TEST_CASE("what could not be found, and what was too much to compare, is said, and nothing is called well for it") {
  ClusterReport report = LookedAt(HealthyCluster());
  report.problems = {"agents: a<b>.svc is not found"};
  report.tunnels_compared = false;
  const std::string page = ClusterPage(report, Context());
  CHECK(Holds(page, "<li>agents: a&lt;b&gt;.svc is not found</li>"));
  CHECK(Holds(page, "the ends of tunnels were not compared"));
  CHECK(Holds(page, "class=\"verdict warning\"><p>Cluster: nothing wrong found, but not all of 4 nodes can be judged"));
}

TEST_CASE("before the first look the page says what it waits for") {
  CHECK(Holds(ClusterWaitingPage(Context()), "Looking: the agents of all nodes are being asked"));
  for (const char* part : {"id=\"seen\"", "id=\"verdict\"", "id=\"report\""})
    CHECK(Holds(ClusterWaitingPage(Context()), part));
}

}  // namespace
}  // namespace caliwatch
