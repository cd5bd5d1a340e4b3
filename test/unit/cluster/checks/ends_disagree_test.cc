// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

using Found = std::vector<std::string>;

Found Run(const std::vector<AskedAgent>& cluster) { return FoundBy("cluster_ends_disagree", cluster); }

void Break(std::vector<AskedAgent>& cluster) {
  TakeDown(SessionOf(cluster, 0, 1));
  TakeDown(SessionOf(cluster, 1, 0));
}

TEST_CASE("an AS number that the other end does not speak as is found, at the end that expects it") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  Break(cluster);
  CHECK(Run(cluster).empty());
  SessionOf(cluster, 0, 1).peer_as = 64999;
  CHECK(Run(cluster).empty());  // BIRD 1 does not say what it speaks as
  SessionOf(cluster, 1, 0).local_as = 64512;
  CHECK(Run(cluster) == Found{"n1 to n2 ipv4: n1 expects AS 64999 of n2, which speaks as AS 64512"});
  SessionOf(cluster, 1, 0).local_as = 64999;
  CHECK(Run(cluster).empty());
}

TEST_CASE("two ends that both wait never meet, and a session that is up agrees") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  Break(cluster);
  SessionOf(cluster, 0, 1).passive = true;
  CHECK(Run(cluster).empty());
  SessionOf(cluster, 1, 0).passive = true;
  CHECK(Run(cluster) == Found{"n1 to n2 ipv4: n1 and n2 both wait for the other to connect: both ends are passive"});
  SessionOf(cluster, 0, 1).up = true;
  CHECK(Run(cluster).empty());
}

}  // namespace
}  // namespace caliwatch
