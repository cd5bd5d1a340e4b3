// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/cluster_metrics.h"

#include <algorithm>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

ClusterReport LookTwice(const std::vector<AskedAgent>& cluster) {
  ClusterState state;
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  JudgeCluster(cluster, now - absl::Seconds(30), state);
  return JudgeCluster(cluster, now, state);
}

// Two nodes with one block, and one whose agent is silent.
std::vector<AskedAgent> SickCluster() {
  std::vector<AskedAgent> cluster = HealthyCluster();
  cluster[1].node->blocks->push_back(cluster[0].node->blocks->front());
  Silence(cluster[3]);
  return cluster;
}

bool Has(const ClusterReport& report, absl::string_view line) {
  return absl::StrContains(RenderClusterMetrics(report), absl::StrCat("\n", line, "\n"));
}

TEST_CASE("of a healthy cluster each check has found nothing, and there is no row of any finding") {
  const ClusterReport report = LookTwice(HealthyCluster());
  CHECK(Has(report, "caliwatch_cluster_agents{state=\"answered\"} 4"));
  CHECK(Has(report, "caliwatch_cluster_agents{state=\"silent\"} 0"));
  CHECK(Has(report, "caliwatch_cluster_findings{check=\"cluster_block_twice\"} 0"));
  CHECK(Has(report, "caliwatch_cluster_findings{check=\"cluster_tunnel_end_wrong\"} 0"));
  CHECK(Has(report, "caliwatch_cluster_last_look_timestamp_seconds 1800000000"));
  CHECK_FALSE(absl::StrContains(RenderClusterMetrics(report), "caliwatch_cluster_finding{"));
}

TEST_CASE("what two looks have found is counted and named") {
  const ClusterReport report = LookTwice(SickCluster());
  CHECK(Has(report, "caliwatch_cluster_agents{state=\"silent\"} 1"));
  CHECK(Has(report, "caliwatch_cluster_findings{check=\"cluster_block_twice\"} 1"));
  CHECK(Has(report, "caliwatch_cluster_finding{check=\"cluster_block_twice\",subject=\"192.168.11.0/26\"} 1"));
}

TEST_CASE("what one look has found is not counted yet") {
  ClusterState state;
  const ClusterReport report = JudgeCluster(SickCluster(), absl::FromUnixSeconds(1'800'000'000), state);
  CHECK(Has(report, "caliwatch_cluster_findings{check=\"cluster_block_twice\"} 0"));
}

TEST_CASE("findings of nodes that follow from one of the cluster are counted with it") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  for (size_t node : {0, 1, 2}) {
    TakeDown(SessionOf(cluster, node, 3));
    cluster[node].node->findings.push_back(
        {.severity = "critical", .check = "bgp_peer_down", .subject = "10.39.1.14", .lasted = {}, .effects = 2});
  }
  Silence(cluster[3]);
  const ClusterReport report = LookTwice(cluster);
  CHECK(Has(report, "caliwatch_cluster_findings{check=\"cluster_node_dead\"} 1"));
  CHECK(Has(report, "caliwatch_cluster_explained_findings{check=\"cluster_node_dead\"} 9"));
}

TEST_CASE("where nobody answers nothing is known, and where tunnels are not compared, nothing of them") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  for (AskedAgent& agent : cluster) Silence(agent);
  CHECK_FALSE(absl::StrContains(RenderClusterMetrics(LookTwice(cluster)), "caliwatch_cluster_findings{"));
  ClusterReport report = LookTwice(HealthyCluster());
  report.tunnels_compared = false;
  CHECK_FALSE(absl::StrContains(RenderClusterMetrics(report), "cluster_tunnel_end_wrong"));
  CHECK(Has(report, "caliwatch_cluster_findings{check=\"cluster_block_twice\"} 0"));
}

TEST_CASE("of many findings of one check twenty are named and all are counted") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  for (int i = 0; i < 30; ++i)
    for (const size_t node : {0, 1})
      cluster[node].node->blocks->push_back(*Prefix::Parse(absl::StrCat("10.", i, ".0.0/26")));
  const std::string text = RenderClusterMetrics(LookTwice(cluster));
  CHECK(absl::StrContains(text, "caliwatch_cluster_findings{check=\"cluster_block_twice\"} 30\n"));
  size_t named = 0;
  for (size_t at = text.find("subject="); at != std::string::npos; at = text.find("subject=", at + 1)) ++named;
  CHECK(named == kListCap);
}

TEST_CASE("the metrics are ordered by name") {
  CHECK(std::is_sorted(ClusterMetrics().begin(), ClusterMetrics().end(),
                       [](const ClusterMetric& a, const ClusterMetric& b) { return a.name < b.name; }));
}

}  // namespace
}  // namespace caliwatch
