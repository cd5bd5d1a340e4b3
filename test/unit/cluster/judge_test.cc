// SPDX-License-Identifier: Apache-2.0
#include "lib/cluster/judge.h"

#include "lib/cluster/check.h"
#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

ClusterReport JudgeTwice(const std::vector<AskedAgent>& cluster) {
  ClusterState state;
  JudgeCluster(cluster, kNow, state);
  return JudgeCluster(cluster, kNow + absl::Seconds(10), state);
}

// n3's BIRD is frozen: n1, n2 and n4 lost it, and find that its block's route is gone.
std::vector<AskedAgent> FrozenBird() {
  std::vector<AskedAgent> cluster = HealthyCluster();
  for (const size_t node : {0, 1, 3}) {
    TakeDown(SessionOf(cluster, node, 2));
    cluster[node].node->findings = {{"critical", "bgp_peer_down", "10.39.1.13", absl::Minutes(9), 4},
                                    {"critical", "expected_route_missing", "192.168.13.0/26", absl::Minutes(9), 0}};
    cluster[node].node->outcome = "findings";
  }
  cluster[2].node->birds[Family::kIpv4]->answers = false;
  cluster[2].node->sessions.clear();
  cluster[2].node->findings = {{"critical", "bird_down", "BIRD ipv4", absl::Minutes(9), 0}};
  cluster[2].node->outcome = "findings";
  return cluster;
}

TEST_CASE("a cluster on which nothing is wrong is clean, at the first look and at the second") {
  ClusterState state;
  CHECK(JudgeCluster(HealthyCluster(), kNow, state).outcome() == ClusterOutcome::kClean);
  const ClusterReport report = JudgeTwice(HealthyCluster());
  CHECK(report.outcome() == ClusterOutcome::kClean);
  CHECK(report.findings.empty());
  CHECK(report.answered == 4);
  REQUIRE(report.nodes.size() == 4);
  CHECK(report.nodes[0].name == "n1");
  CHECK(report.nodes[0].sessions_up == 3);
  CHECK(report.nodes[0].workloads == 1);
}

TEST_CASE("a cause is counted once, with what follows from it on other nodes") {
  const ClusterReport report = JudgeTwice(FrozenBird());
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].check->name == "cluster_node_called_dead");
  CHECK(report.findings[0].sure);
  CHECK(report.findings[0].effects == 18);
  CHECK(report.findings[0].effect_nodes == 3);
  REQUIRE(report.nodes_findings.size() == 1);  // what n3 says of itself
  CHECK(report.nodes_findings[0].check == "bird_down");
  CHECK(report.nodes_findings[0].nodes == std::vector<std::string>{"n3"});
  CHECK(report.outcome() == ClusterOutcome::kFindings);
}

TEST_CASE("a finding counts when two looks in a row have seen it, and explains nothing before") {
  ClusterState state;
  ClusterReport report = JudgeCluster(FrozenBird(), kNow, state);
  REQUIRE(report.findings.size() == 1);
  CHECK_FALSE(report.findings[0].sure);
  CHECK(report.findings[0].effects == 0);
  JudgeCluster(HealthyCluster(), kNow + absl::Seconds(10), state);
  report = JudgeCluster(FrozenBird(), kNow + absl::Seconds(20), state);
  CHECK_FALSE(report.findings.at(0).sure);
  CHECK(report.findings[0].since == kNow + absl::Seconds(20));
  report = JudgeCluster(FrozenBird(), kNow + absl::Seconds(30), state);
  CHECK(report.findings.at(0).sure);
  CHECK(report.findings[0].since == kNow + absl::Seconds(20));
}

TEST_CASE("until the second look it is not sure, and what nodes find themselves counts at once") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  cluster[2].node->blocks->push_back(cluster[0].node->blocks->front());
  ClusterState state;
  CHECK(JudgeCluster(cluster, kNow, state).outcome() == ClusterOutcome::kUnsure);
  CHECK(JudgeCluster(cluster, kNow, state).outcome() == ClusterOutcome::kFindings);
  cluster = HealthyCluster();
  cluster[0].node->findings = {{"info", "peer_flapping", "10.39.1.12", absl::Minutes(9), 0}};
  CHECK(JudgeTwice(cluster).outcome() == ClusterOutcome::kClean);
  cluster[0].node->findings = {{"warning", "peer_flapping", "10.39.1.12", absl::Minutes(9), 0}};
  CHECK(JudgeCluster(cluster, kNow, state).outcome() == ClusterOutcome::kFindings);
}

TEST_CASE("an agent that is silent, polls no more or cannot judge makes silence mean little") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  cluster[1].age = absl::Minutes(2);
  ClusterReport report = JudgeTwice(cluster);
  CHECK(report.outcome() == ClusterOutcome::kCannotJudge);
  CHECK(report.nodes.at(0).name == "n2");
  CHECK(report.nodes[0].answered.message() == "it looked at its node last 120 seconds ago");
  cluster = HealthyCluster();
  Silence(cluster[1]);
  CHECK(JudgeTwice(cluster).outcome() == ClusterOutcome::kCannotJudge);
  cluster = HealthyCluster();
  cluster[1].node->outcome = "cannot_judge";
  CHECK(JudgeTwice(cluster).outcome() == ClusterOutcome::kCannotJudge);
  CHECK(JudgeTwice({}).outcome() == ClusterOutcome::kCannotJudge);
}

TEST_CASE("nodes are ordered by what is wrong with them, and one that was asked twice has one row") {
  std::vector<AskedAgent> cluster = HealthyCluster(5);
  cluster[1].node->findings = {{"warning", "peer_flapping", "10.39.1.12", absl::Minutes(9), 0}};
  Silence(cluster[2]);
  cluster[4].node->findings = {{"critical", "bird_down", "BIRD ipv4", absl::Minutes(9), 0}};
  cluster.push_back(cluster[4]);
  cluster.back().address = "[fd39:1::15]:10179";
  const ClusterReport report = JudgeTwice(cluster);
  std::vector<std::string> names;
  for (const NodeRow& row : report.nodes) names.push_back(row.name);
  CHECK(names == std::vector<std::string>{"n5", "10.39.1.13:10179", "n2", "n1", "n4"});
  CHECK(report.nodes[0].worst == "bird_down: BIRD ipv4");
}

TEST_CASE("that a node answers nobody follows from its being looked for at a wrong address") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  cluster.push_back(cluster[2]);
  Silence(cluster.back());
  const IpAddress now = *IpAddress::Parse("10.39.1.99");
  cluster[2].node->address[Family::kIpv4] = now;
  cluster[2].node->own_addresses->at(0).address = now;
  cluster[2].address = "10.39.1.99:10179";
  for (const size_t node : {0, 1, 3}) TakeDown(SessionOf(cluster, node, 2));
  cluster[2].node->sessions.clear();
  for (AskedAgent& agent : cluster)
    if (agent.node.ok()) agent.node->others->clear();
  const ClusterReport report = JudgeTwice(cluster);
  REQUIRE(report.findings.size() >= 2);
  for (const OpenClusterFinding& open : report.findings) {
    INFO(open.finding.subject);
    if (open.check->name == "cluster_node_dead") CHECK(open.caused);
    if (open.check->name == "cluster_node_address_unknown") CHECK_FALSE(open.caused);
  }
}

TEST_CASE("each check of a cluster says what a finding means and what to do") {
  CHECK(AllClusterChecks().size() == 11);
  for (const ClusterCheck& check : AllClusterChecks()) {
    INFO(check.info.name);
    CHECK(check.info.name.substr(0, 8) == "cluster_");
    for (const absl::string_view text : {check.info.summary, check.info.impact, check.info.meaning, check.info.remedy})
      CHECK(text.size() > 20);
  }
}

}  // namespace
}  // namespace caliwatch
