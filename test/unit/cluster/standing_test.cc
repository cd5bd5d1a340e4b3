// SPDX-License-Identifier: Apache-2.0
#include "lib/cluster/standing.h"

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

TEST_CASE("an address stands as those say who have a session with it, pods' sessions left out") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  TakeDown(SessionOf(cluster, 0, 2));
  TakeDown(SessionOf(cluster, 1, 2), absl::Seconds(5));
  cluster[0].node->sessions.push_back({.protocol = "Pod", .kind = "local_workload", .peer = IpAddress(), .up = true});
  const auto standings = StandingsOf(ClusterEvidence(cluster));
  const Standing& standing = standings.at(*IpAddress::Parse("10.39.1.13"));
  CHECK(standing.up == 1);
  CHECK(standing.down == std::vector<std::string>{"n1"});
  CHECK(standing.protocol == "Mesh_10_39_1_13");
  CHECK(standing.longest == absl::Minutes(10));
  CHECK_FALSE(standings.contains(IpAddress()));
}

TEST_CASE("an agent's address is read from where it was asked") {
  CHECK(HostOf("10.0.0.1:10179") == *IpAddress::Parse("10.0.0.1"));
  CHECK(HostOf("[2001:db8::1]:10179") == *IpAddress::Parse("2001:db8::1"));
  CHECK_FALSE(HostOf("caliwatch.example:10179").has_value());
  CHECK_FALSE(HostOf("").has_value());
}

}  // namespace
}  // namespace caliwatch
