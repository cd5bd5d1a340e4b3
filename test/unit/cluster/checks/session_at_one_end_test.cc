// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

using Found = std::vector<std::string>;

Found Run(const std::vector<AskedAgent>& cluster) { return FoundBy("cluster_session_at_one_end", cluster); }

TEST_CASE("a session that is up at one end only, for longer than its hold time, is found") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  CHECK(Run(cluster).empty());
  TakeDown(SessionOf(cluster, 1, 0));
  CHECK(Run(cluster) ==
        Found{"n1 to n2 ipv4: n1 has its session with n2 up for 2 hours, and n2 has not (Active for 10 minutes): "
              "whoever answers n1 at 10.39.1.12 is not n2"});
  TakeDown(SessionOf(cluster, 1, 0), absl::Seconds(200));  // n1 may not have noticed yet
  CHECK(Run(cluster).empty());
  SessionOf(cluster, 0, 1).hold = absl::Seconds(90);
  CHECK(Run(cluster).size() == 1);
  SessionOf(cluster, 0, 1).lasted = absl::Seconds(30);  // it has come up just now
  CHECK(Run(cluster).empty());
}

TEST_CASE("a session that the far end does not have is found") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  auto& there = cluster[1].node->sessions;
  there.erase(there.begin());
  TakeDown(SessionOf(cluster, 0, 1));
  CHECK(Run(cluster) == Found{"n1 to n2 ipv4: n1 waits in vain for a session with n2 (10.39.1.12), whose BIRD has no "
                              "peer with an address of n1"});
  cluster[1].node->birds[Family::kIpv4].reset();
  there.clear();
  CHECK(Run(cluster).front() ==
        "n1 to n2 ipv4: n1 waits in vain for a session with n2 (10.39.1.12), which runs no BIRD for ipv4");
}

TEST_CASE("what the far end may not have told is not missing there") {
  std::vector<AskedAgent> cluster = HealthyCluster();
  auto& there = cluster[1].node->sessions;
  there.erase(there.begin());
  TakeDown(SessionOf(cluster, 0, 1));
  const std::vector<AskedAgent> broken = cluster;
  CHECK(Run(cluster).size() == 1);
  cluster[1].node->more_sessions = 7;
  CHECK(Run(cluster).empty());
  cluster = broken;
  cluster[1].node->birds[Family::kIpv4]->answers = false;
  CHECK(Run(cluster).empty());
  cluster = broken;
  cluster[0].node->more_own_addresses = 1;
  CHECK(Run(cluster).empty());
  cluster = broken;
  TakeDown(SessionOf(cluster, 0, 1), absl::Seconds(20));
  CHECK(Run(cluster).empty());
  cluster = broken;
  cluster[1].age = absl::Minutes(2);
  CHECK(Run(cluster).empty());
  cluster = broken;
  SessionOf(cluster, 0, 1).up = true;
  CHECK(Run(cluster).size() == 1);
  SessionOf(cluster, 0, 1).kind = "node";  // another program than BIRD may speak there
  CHECK(Run(cluster).empty());
}

}  // namespace
}  // namespace caliwatch
