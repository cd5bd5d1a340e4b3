// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/neighbor_churn.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

const IpAddress kPod = *IpAddress::Parse("192.168.231.1");
constexpr int kWorkload = 5;
constexpr MacAddress kOne = {2, 0, 0, 0, 0, 1}, kOther = {2, 0, 0, 0, 0, 2};

struct Follower {
  void Tell(uint16_t state, std::optional<MacAddress> mac = kOne) {
    journal.neighbors.push_back({now, kPod, kWorkload, state, mac});
  }
  void Poll() {
    churn.Follow(journal, now, LinkIndex(*node.links), counts);
    journal = {};
    now += absl::Seconds(5);
  }
  uint64_t Count(NeighborChange change) { return counts[{Family::kIpv4, LinkRole::kWorkload, change}]; }

  Snapshot node = HealthyNode();
  BootTime now = absl::Hours(1);
  Journal journal;
  NeighborChurn churn;
  NeighborChangeCounts counts;
};

TEST_CASE("an entry that lives as entries do is not restless") {
  Follower follower;
  for (const int state : {NUD_REACHABLE, NUD_STALE, NUD_DELAY, NUD_PROBE, NUD_REACHABLE})
    follower.Tell(static_cast<uint16_t>(state));
  follower.Tell(0);
  follower.Poll();
  CHECK(follower.churn.Restless().empty());
  CHECK(follower.Count(NeighborChange::kFailed) == 0);
  CHECK(follower.Count(NeighborChange::kRemoved) == 1);
}

TEST_CASE("an entry that fails between two polls is seen, once each time") {
  Follower follower;
  for (int times = 0; times < 2; ++times) {
    follower.Tell(NUD_FAILED, std::nullopt);
    follower.Tell(NUD_FAILED, std::nullopt);
    follower.Tell(NUD_REACHABLE);
    follower.Poll();
  }
  const std::vector<RestlessNeighbor> found = follower.churn.Restless();
  REQUIRE(found.size() == 1);
  CHECK(found.front().address == kPod);
  CHECK(found.front().link == kWorkload);
  CHECK(found.front().failures == 2);
  CHECK(found.front().mac_changes == 0);
  CHECK(found.front().last == absl::Hours(1) + absl::Seconds(5));
  CHECK(follower.Count(NeighborChange::kFailed) == 2);
}

TEST_CASE("two pods that answer to one address show by the MAC that changes") {
  Follower follower;
  for (const MacAddress& mac : {kOne, kOther, kOne, kOne}) follower.Tell(NUD_REACHABLE, mac);
  follower.Tell(NUD_STALE, std::nullopt);
  follower.Poll();
  CHECK(follower.churn.Restless().front().mac_changes == 2);
  CHECK(follower.Count(NeighborChange::kMacChanged) == 2);
  SECTION("which is forgotten after ten minutes") {
    follower.now += absl::Minutes(11);
    follower.Poll();
    CHECK(follower.churn.Restless().empty());
    follower.Tell(NUD_REACHABLE, kOther);
    follower.Poll();
    CHECK(follower.churn.Restless().empty());
  }
}

TEST_CASE("a flood of failures is counted in full and remembered within bounds") {
  Follower follower;
  for (int times = 0; times < 1000; ++times) {
    follower.Tell(NUD_FAILED);
    follower.Tell(NUD_REACHABLE);
  }
  follower.Poll();
  CHECK(follower.Count(NeighborChange::kFailed) == 1000);
  CHECK(follower.churn.Restless().front().failures == static_cast<int>(NeighborChurn::kMostTimes));
}

}  // namespace
}  // namespace caliwatch
