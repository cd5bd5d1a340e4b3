// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

using Found = std::vector<std::string>;

Found Run(const std::vector<AskedAgent>& cluster) { return FoundBy("cluster_node_called_dead", cluster); }

TEST_CASE("a node with which most others have lost BGP, while its agent answers, is found once") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  CHECK(Run(cluster).empty());
  for (const size_t node : {0, 1}) TakeDown(SessionOf(cluster, node, 2));
  CHECK(Run(cluster) == Found{"n3 ipv4: n3 lives, its agent answers, but 2 of 3 nodes have no session with it "
                              "(10.39.1.13): n1 and n2, for 10 minutes; its own agent finds nothing wrong there"});
  cluster[2].node->birds[Family::kIpv4]->answers = false;
  CHECK(Run(cluster).at(0).ends_with("its BIRD does not answer there"));
  cluster[2].node->birds[Family::kIpv4]->answers = true;
  cluster[2].node->findings = {{"critical", "bgp_listen_overflow", "BIRD ipv4", absl::Minutes(9), 0}};
  CHECK(Run(cluster).at(0).ends_with("its own agent says bgp_listen_overflow: BIRD ipv4"));
}

TEST_CASE("one node without a session, a session that was just lost, and a node that starts call nobody dead") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  TakeDown(SessionOf(cluster, 0, 2));
  CHECK(Run(cluster).empty());
  TakeDown(SessionOf(cluster, 1, 2), absl::Seconds(20));
  CHECK(Run(cluster).empty());
  TakeDown(SessionOf(cluster, 1, 2));
  CHECK_FALSE(Run(cluster).empty());
  cluster[2].node->outcome = "starting";
  CHECK(Run(cluster).empty());
}

TEST_CASE("of many nodes, more must have lost it than have it") {
  std::vector<AskedAgent> cluster = HealthyCluster(7);
  for (const size_t node : {0, 1, 3}) TakeDown(SessionOf(cluster, node, 2));
  CHECK(Run(cluster).empty());
  TakeDown(SessionOf(cluster, 4, 2));
  CHECK(Run(cluster).size() == 1);
}

}  // namespace
}  // namespace caliwatch
