// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/pool_use.h"

#include "test/support/catch.h"
#include "test/support/ipam_cluster.h"

namespace caliwatch {
namespace {

// The healthy cluster with so many more records in its first block, all of it read at this time.
ClusterRecords Grown(size_t more, absl::Time read = kClusterRead) {
  ClusterRecords records = HealthyCluster();
  ForEachClusterTable([&](const char*, auto member) { (records.*member).read_at = read; });
  auto& block = records.blocks.rows.at("10.48.1.0/26");
  for (size_t i = 0; i < more; ++i) block.records.push_back(block.records.back());
  return records;
}

}  // namespace

TEST_CASE("a pool's use is counted by its blocks, without what is reserved") {
  ClusterRecords records = HealthyCluster();
  records.reservations.rows["r"] = {{Block("10.48.128.0/17"), Block("10.48.128.0/18"), Block("10.99.0.0/16")}};
  PoolHistory history;
  const PoolUse use = FollowPools(records, kClusterRead, history).at(0);
  CHECK(use.pool == "default");
  CHECK(use.addresses == 32768);
  CHECK(use.used == 20);
  CHECK(use.blocks == 1024);
  CHECK(use.taken_blocks == 4);
  CHECK(use.gives);
  CHECK_FALSE(use.per_day);
  records.reservations.rows["r"] = {{Block("10.0.0.0/8")}};
  CHECK(FollowPools(records, kClusterRead, history).at(0).addresses == 0);
}

TEST_CASE("an address that was released is free again when its time is over") {
  ClusterRecords records = HealthyCluster();
  auto& block = records.blocks.rows.at("10.48.1.0/26");
  block.attributes.push_back({.handle = "", .type = "", .owner = {}, .released = kClusterRead - absl::Minutes(2)});
  block.records.back().attributes = static_cast<uint32_t>(block.attributes.size()) - 1;
  PoolHistory history;
  CHECK(FollowPools(records, kClusterRead, history).at(0).used == 19);
  records.configs.rows["default"].cooldown = absl::Minutes(3);
  CHECK(FollowPools(records, kClusterRead, history).at(0).used == 20);
}

TEST_CASE("a pool's rate is known after six hours, and when it is full by it") {
  PoolHistory history;
  FollowPools(Grown(0), kClusterRead, history);
  CHECK_FALSE(FollowPools(Grown(600), kClusterRead + absl::Hours(5), history).at(0).per_day);
  const PoolUse use = FollowPools(Grown(600), kClusterRead + absl::Hours(12), history).at(0);
  CHECK(use.per_day == Approx(1200));
  REQUIRE(use.full_in);
  CHECK(absl::ToDoubleHours(*use.full_in) == Approx(24 * (65536.0 - 620) / 1200));
  CHECK_FALSE(FollowPools(Grown(0), kClusterRead + absl::Hours(13), history).at(0).full_in);
}

TEST_CASE("a pool's history has a sample an hour and two weeks of them, and ends with the pool") {
  PoolHistory history;
  for (int minute = 0; minute < 60 * 24 * 20; minute += 20)
    FollowPools(HealthyCluster(), kClusterRead + absl::Minutes(minute), history);
  CHECK(history.at("default").size() == 24 * 14);
  ClusterRecords records = HealthyCluster();
  records.pools.rows.clear();
  CHECK(FollowPools(records, kClusterRead, history).empty());
  CHECK(history.empty());
}

TEST_CASE("a pool that fills soon is found by its rate") {
  IpamState state;
  JudgeIpam(Grown(0), kClusterRead, state);
  const absl::Time later = kClusterRead + absl::Hours(12), last = later + absl::Hours(1);
  JudgeIpam(Grown(6000, later), later, state);
  const IpamReport report = JudgeIpam(Grown(6000, last), last, state);
  CHECK(DetailOf(report, "ipam_pool_filling", "default") ==
        "6020 of 65536 addresses of 10.48.0.0/16 are recorded; at the present rate, 11077 more a day, it is full in 5 "
        "days");
}

}  // namespace caliwatch
