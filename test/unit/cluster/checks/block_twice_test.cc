// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

using Found = std::vector<std::string>;

Found Run(const std::vector<AskedAgent>& cluster) { return FoundBy("cluster_block_twice", cluster); }

TEST_CASE("a block that two nodes hold for their own is found, with both") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  CHECK(Run(cluster).empty());
  cluster[2].node->blocks->push_back(cluster[0].node->blocks->front());
  CHECK(Run(cluster) == Found{"192.168.11.0/26: n1 and n3 hold 192.168.11.0/26 for their own: each has a blackhole "
                              "route for it"});
  cluster[0].age = absl::Minutes(5);  // it says nothing of now
  CHECK(Run(cluster).empty());
}

}  // namespace
}  // namespace caliwatch
