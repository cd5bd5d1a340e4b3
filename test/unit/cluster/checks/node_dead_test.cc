// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

using Found = std::vector<std::string>;

Found Run(const std::vector<AskedAgent>& cluster) { return FoundBy("cluster_node_dead", cluster); }

TEST_CASE("a node that answers nobody is dead") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  Silence(cluster[2]);
  CHECK(Run(cluster).empty());
  for (const size_t node : {0, 1, 3}) TakeDown(SessionOf(cluster, node, 2));
  CHECK(Run(cluster) == Found{"10.39.1.13: 10.39.1.13: its agent does not answer, and none of 3 nodes has a session "
                              "with it (n1, n2 and n4), for 10 minutes"});
  SessionOf(cluster, 0, 2).up = true;
  CHECK(Run(cluster).empty());
}

TEST_CASE("one node alone does not call another dead, nor does one that asked it by a second address") {
  std::vector<AskedAgent> cluster = HealthyCluster(2);
  Silence(cluster[1]);
  TakeDown(SessionOf(cluster, 0, 1));
  CHECK(Run(cluster).empty());
  cluster = HealthyCluster();
  for (const size_t node : {0, 1, 3}) TakeDown(SessionOf(cluster, node, 2));
  cluster.push_back(cluster[2]);
  Silence(cluster.back());
  CHECK(Run(cluster).empty());
}

}  // namespace
}  // namespace caliwatch
