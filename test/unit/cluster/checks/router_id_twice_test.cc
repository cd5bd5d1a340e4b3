// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

using Found = std::vector<std::string>;

Found Run(const std::vector<AskedAgent>& cluster) { return FoundBy("cluster_router_id_twice", cluster); }

TEST_CASE("a Router ID that two nodes' BIRDs have is found, by family") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  CHECK(Run(cluster).empty());
  cluster[2].node->birds[Family::kIpv4]->router_id = "10.39.1.11";
  CHECK(Run(cluster) == Found{"10.39.1.11 ipv4: the BIRDs (ipv4) of n1 and n3 have the Router ID 10.39.1.11"});
}

TEST_CASE("a Router ID that both BIRDs of two nodes have is one finding") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  cluster[2].node->birds[Family::kIpv4]->router_id = "10.39.1.11";
  for (const size_t node : {0, 2}) cluster[node].node->birds[Family::kIpv6] = cluster[node].node->birds[Family::kIpv4];
  CHECK(Run(cluster) ==
        Found{"10.39.1.11 ipv4 and ipv6: the BIRDs (ipv4 and ipv6) of n1 and n3 have the Router ID 10.39.1.11"});
}

TEST_CASE("both BIRDs of one node may have one Router ID, and an unknown one is nobody's") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  cluster[0].node->birds[Family::kIpv6] = cluster[0].node->birds[Family::kIpv4];
  CHECK(Run(cluster).empty());
  for (AskedAgent& agent : cluster) agent.node->birds[Family::kIpv4]->router_id.clear();
  CHECK(Run(cluster).empty());
}

}  // namespace
}  // namespace caliwatch
