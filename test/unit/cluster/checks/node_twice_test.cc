// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

using Found = std::vector<std::string>;

Found Run(const std::vector<AskedAgent>& cluster) { return FoundBy("cluster_node_twice", cluster); }

TEST_CASE("two machines with one node name are found") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  CHECK(Run(cluster).empty());
  cluster[2].node->node = "n1";
  CHECK(Run(cluster) == Found{"the name n1: n1 (agent at 10.39.1.11:10179) and n1 (agent at 10.39.1.13:10179) have the "
                              "name n1"});
}

TEST_CASE("one agent that was asked by two of its addresses is one node") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  cluster.push_back(cluster[2]);
  cluster.back().address = "[fd39:1::13]:10179";
  CHECK(Run(cluster).empty());
}

TEST_CASE("a node address, a tunnel address and a VXLAN MAC of two nodes are found") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  cluster[2].node->address[Family::kIpv4] = cluster[0].node->address[Family::kIpv4];
  CHECK(Run(cluster).at(0).starts_with("the node address 10.39.1.11: n1 "));
  cluster = HealthyCluster();
  cluster[2].node->tunnels->front().addresses = cluster[0].node->tunnels->front().addresses;
  CHECK(Run(cluster).at(0).starts_with("the tunnel address 192.168.11.0: n1 "));
  cluster = HealthyCluster();
  cluster[2].node->tunnels->front().mac = cluster[0].node->tunnels->front().mac;
  CHECK(Run(cluster).at(0).starts_with("the VXLAN MAC 66:00:00:00:00:00: n1 "));
  for (AskedAgent& agent : cluster) agent.node->tunnels->front().way = "ipip";
  CHECK(Run(cluster).empty());
}

}  // namespace
}  // namespace caliwatch
