// SPDX-License-Identifier: Apache-2.0
#include "lib/cluster/outliers.h"

#include <string>
#include <vector>

#include <absl/strings/str_cat.h>

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

TEST_CASE("another Calico, other settings of a kernel and blocks of another size are seen by what they do") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  for (AskedAgent& agent : cluster) {
    ToldBehaviour& behaviour = agent.node->behaviour;
    behaviour = {.endpoint_files = "named",
                 .pod_route_metric = 1024,
                 .rp_filter = 1,
                 .block_routes_by = "felix",
                 .neighbor_limit = {}};
    behaviour.neighbor_limit[Family::kIpv4] = 8192;
  }
  CHECK(DifferencesOf(ClusterEvidence(cluster)).empty());
  ToldBehaviour& other = cluster[1].node->behaviour;
  other = {
      .endpoint_files = "none", .pod_route_metric = 0, .rp_filter = 2, .block_routes_by = "bird", .neighbor_limit = {}};
  other.neighbor_limit[Family::kIpv4] = 1024;
  cluster[1].node->blocks = {*Prefix::Parse("192.168.12.0/28"), *Prefix::Parse("192.168.13.0/26")};
  cluster[2].node->behaviour = {};  // of an agent that does not tell it: no difference
  const std::vector<Difference> differences = DifferencesOf(ClusterEvidence(cluster));
  std::vector<std::string> told;
  for (const Difference& difference : differences)
    told.push_back(absl::StrCat(difference.trait, ": ", difference.values.at(0).value, ", ",
                                difference.values.at(1).value, " on ", difference.values.at(1).nodes.at(0)));
  CHECK(told == std::vector<std::string>{
                    "endpoint-status files: named, none on n2", "limit of the neighbor table, ipv4: 8192, 1024 on n2",
                    "makes routes to other nodes' blocks: felix, bird on n2", "metric of routes to pods: 1024, 0 on n2",
                    "rp_filter: strict, loose on n2", "size of blocks, ipv4: /26, /26 /28 on n2"});
}

}  // namespace
}  // namespace caliwatch
