// SPDX-License-Identifier: Apache-2.0
#include "lib/cluster/outliers.h"

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

TEST_CASE("nodes that agree differ in nothing") { CHECK(DifferencesOf(ClusterEvidence(HealthyCluster())).empty()); }

TEST_CASE("a trait that differs is told with its values, the most common first, and who has them") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  cluster[0].node->workload_mtu = 1400;
  cluster[3].node->tunnels->clear();
  cluster[1].node->kernel.clear();  // unknown: no difference
  const std::vector<Difference> differences = DifferencesOf(ClusterEvidence(cluster));
  REQUIRE(differences.size() == 2);
  CHECK(differences[0].trait == "MTU of pods");
  REQUIRE(differences[0].values.size() == 2);
  CHECK(differences[0].values[0].value == "1450");
  CHECK(differences[0].values[0].nodes.size() == 3);
  CHECK(differences[0].values[1].value == "1400");
  CHECK(differences[0].values[1].nodes == std::vector<std::string>{"n1"});
  CHECK(differences[1].trait == "encapsulation");
  CHECK(differences[1].values[1].value == "none");
}

TEST_CASE("a BIRD that one node lacks, and the MTU of the node's own interface, are traits") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  cluster[2].node->birds[Family::kIpv4].reset();
  cluster[2].node->own_addresses->at(0).mtu = 9000;
  const std::vector<Difference> differences = DifferencesOf(ClusterEvidence(cluster));
  REQUIRE(differences.size() == 2);
  CHECK(differences[0].trait == "BIRD for ipv4");
  CHECK(differences[0].values[1].value == "none");
  CHECK(differences[1].trait == "MTU of the node's interface");
  CHECK(differences[1].values[1].value == "9000");
}

}  // namespace
}  // namespace caliwatch
