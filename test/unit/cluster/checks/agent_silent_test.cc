// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

using Found = std::vector<std::string>;

Found Run(const std::vector<AskedAgent>& cluster) { return FoundBy("cluster_agent_silent", cluster); }

TEST_CASE("a node whose sessions are up lives, though its agent is silent") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  CHECK(Run(cluster).empty());
  Silence(cluster[2]);
  TakeDown(SessionOf(cluster, 0, 2));
  CHECK(Run(cluster) == Found{"10.39.1.13: 10.39.1.13 lives, 2 of 3 nodes have their session with it, but its agent "
                              "does not answer: did not answer within 3s"});
  for (const size_t node : {1, 3}) TakeDown(SessionOf(cluster, node, 2));
  CHECK(Run(cluster).empty());
}

TEST_CASE("where no session is up, and none has been down for long, nobody says that the node lives") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  Silence(cluster[2]);
  for (const size_t node : {0, 1, 3}) TakeDown(SessionOf(cluster, node, 2), absl::Seconds(5));
  CHECK(Run(cluster).empty());
}

}  // namespace
}  // namespace caliwatch
