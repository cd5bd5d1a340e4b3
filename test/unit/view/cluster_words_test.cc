// SPDX-License-Identifier: Apache-2.0
#include "lib/view/cluster_words.h"

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

ClusterReport Judged(const std::vector<AskedAgent>& cluster, int looks = 2) {
  ClusterState state;
  ClusterReport report;
  for (int look = 0; look < looks; ++look) report = JudgeCluster(cluster, absl::FromUnixSeconds(1'800'000'000), state);
  return report;
}

TEST_CASE("the headline counts what is wrong, or says that nothing is, as far as that is known") {
  CHECK(ClusterHeadline(Judged({})) == "no agent was asked");
  std::vector<AskedAgent> cluster = HealthyCluster();
  CHECK(ClusterHeadline(Judged(cluster)) == "nothing wrong found on 4 nodes");
  cluster[0].node->outcome = "cannot_judge";
  CHECK(ClusterHeadline(Judged(cluster)) == "nothing wrong found, but not all of 4 nodes can be judged");
  cluster[2].node->blocks->push_back(cluster[0].node->blocks->front());
  cluster[0].node->findings = {{"warning", "peer_flapping", "10.39.1.12", absl::Minutes(9), 0}};
  Silence(cluster[1]);
  CHECK(ClusterHeadline(Judged(cluster)) ==
        "1 problem of the cluster; 1 of 4 nodes have findings of their own; 1 agent does not answer");
  CHECK(ClusterHeadline(Judged(cluster, 1)).find("1 more if the next look sees it, too") == 0);
}

TEST_CASE("a node's line says in which state it is, and the worst of what is wrong") {
  NodeRow row{.name = "n1", .agent = "10.39.1.11:10179", .answered = absl::OkStatus(), .outcome = "clean"};
  CHECK(NodeStateText(row) == "OK");
  CHECK(NodeWhatText(row).empty());
  row.outcome = "starting";
  CHECK(NodeStateText(row) == "STARTING");
  row.outcome = "cannot_judge";
  CHECK(NodeStateText(row) == "UNKNOWN");
  row.warnings = 2;
  row.worst = "peer_flapping: 10.39.1.12";
  CHECK(NodeStateText(row) == "WARNING");
  CHECK(NodeWhatText(row) == "peer_flapping: 10.39.1.12, and 1 more");
  row.critical = 1;
  CHECK(NodeStateText(row) == "CRITICAL");
  row.answered = absl::FailedPreconditionError("it looked at its node last 99 seconds ago");
  CHECK(NodeStateText(row) == "OLD");
  row.answered = absl::DeadlineExceededError("did not answer");
  CHECK(NodeStateText(row) == "NO ANSWER");
  CHECK(NodeWhatText(row) == "did not answer");
}

TEST_CASE("what a cause explains is counted in words") {
  OpenClusterFinding open;
  CHECK(ExplainsText(open).empty());
  open.effects = 213;
  open.effect_nodes = 40;
  CHECK(ExplainsText(open) == "explains 213 findings on 40 nodes");
  open.effects = open.effect_nodes = 1;
  CHECK(ExplainsText(open) == "explains 1 finding on 1 node");
}

}  // namespace
}  // namespace caliwatch
