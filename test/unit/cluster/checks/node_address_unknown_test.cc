// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "lib/cluster/judge.h"
#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

using Found = std::vector<std::string>;

Found Run(const std::vector<AskedAgent>& cluster) { return FoundBy("cluster_node_address_unknown", cluster); }

// n3 got another address, which nobody else was told.
std::vector<AskedAgent> MovedNode() {
  std::vector<AskedAgent> cluster = HealthyCluster();
  const IpAddress now = *IpAddress::Parse("10.39.1.99");
  cluster[2].node->address[Family::kIpv4] = now;
  cluster[2].node->own_addresses->at(0).address = now;
  for (const size_t node : {0, 1, 3}) {
    TakeDown(SessionOf(cluster, node, 2));
    TakeDown(SessionOf(cluster, 2, node));
  }
  return cluster;
}

TEST_CASE("an address at which all look for a node that is elsewhere is found") {
  CHECK(Run(HealthyCluster()).empty());
  CHECK(Run(MovedNode()) ==
        Found{"n3 at 10.39.1.13: n1, n2 and n4 look for a node at 10.39.1.13, which no node has, and "
              "nobody looks for n3, which is at 10.39.1.99"});
}

TEST_CASE("that its own sessions have no other end follows from it") {
  ClusterState state;
  JudgeCluster(MovedNode(), absl::FromUnixSeconds(1'800'000'000), state);
  const ClusterReport report = JudgeCluster(MovedNode(), absl::FromUnixSeconds(1'800'000'010), state);
  size_t ends = 0;
  for (const OpenClusterFinding& open : report.findings) {
    if (open.check->name == "cluster_node_address_unknown") CHECK_FALSE(open.caused);
    if (open.check->name != "cluster_session_at_one_end") continue;
    CHECK(open.caused);
    ++ends;
  }
  CHECK(ends == 3);
}

TEST_CASE("nobody is named where several may be meant, or not all is told") {
  std::vector<AskedAgent> cluster = MovedNode();
  cluster[1].node->more_own_addresses = 1;
  CHECK(Run(cluster).empty());
  cluster = MovedNode();
  cluster.push_back(cluster[2]);
  cluster.back().node->node = "n5";
  cluster.back().node->address[Family::kIpv4] = *IpAddress::Parse("10.39.1.98");
  cluster.back().node->own_addresses->at(0).address = *IpAddress::Parse("10.39.1.98");
  CHECK(Run(cluster).empty());
  cluster = MovedNode();
  for (const size_t node : {0, 1, 3}) TakeDown(SessionOf(cluster, node, 2), absl::Seconds(5));
  CHECK(Run(cluster).empty());
}

}  // namespace
}  // namespace caliwatch
