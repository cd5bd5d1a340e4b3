// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/cluster_looker.h"

#include <atomic>
#include <new>

#include <absl/time/clock.h>

#include "test/support/catch.h"
#include "test/support/told_cluster.h"

namespace caliwatch {
namespace {

constexpr absl::Duration kAtOnce = absl::ZeroDuration(), kNever = absl::Hours(10);

// Counts rows of looks, and looks.
struct Fake {
  std::atomic<int> rows = 0, looks = 0;
  std::atomic<bool> fails = false, finds = false;

  ClusterLooker::Begin AsBegin() {
    return [this] {
      ++rows;
      return [this, state = ClusterState()]() mutable {
        ++looks;
        if (fails) throw std::bad_alloc();
        std::vector<AskedAgent> cluster = HealthyCluster();
        if (finds) cluster[2].node->blocks->push_back(cluster[0].node->blocks->front());
        return JudgeCluster(cluster, absl::Now(), state);
      };
    };
  }
};

template <class Done>
bool Await(Done done) {
  for (int i = 0; i < 2'000 && !done(); ++i) absl::SleepFor(absl::Milliseconds(10));
  return done();
}

TEST_CASE("nobody is looked at before somebody asks, who waits for nothing") {
  Fake fake;
  ClusterLooker looker(fake.AsBegin(), {.between = kNever, .to_be_sure = kNever});
  absl::SleepFor(absl::Milliseconds(50));
  CHECK(fake.looks == 0);
  CHECK(looker.Ask() == nullptr);
  REQUIRE(Await([&] { return looker.Ask() != nullptr; }));
  CHECK(looker.Ask()->report.nodes.size() == 4);
  CHECK(fake.looks == 1);  // however often it is asked for, not before its time
}

TEST_CASE("on the first look a second follows, so that what is found is sure without asking again") {
  Fake fake;
  fake.finds = true;
  ClusterLooker looker(fake.AsBegin(), {.between = kNever, .to_be_sure = kAtOnce});
  looker.Ask();
  REQUIRE(Await([&] { return fake.looks == 2; }));
  REQUIRE(Await([&] {
    const ClusterPublicationPtr look = looker.Ask();
    return look && look->report.outcome() == ClusterOutcome::kFindings;
  }));
  CHECK(fake.rows == 1);
  CHECK(fake.looks == 2);
}

TEST_CASE("a look that comes long after the one before begins a row of its own") {
  Fake fake;
  fake.finds = true;
  ClusterLooker looker(fake.AsBegin(), {.between = kAtOnce, .to_be_sure = kAtOnce, .in_a_row = -absl::Seconds(1)});
  REQUIRE(Await([&] { return looker.Ask() != nullptr && fake.looks >= 5; }));
  CHECK(fake.rows >= 5);
  CHECK(looker.Ask()->report.outcome() == ClusterOutcome::kUnsure);
}

TEST_CASE("when nobody has asked for long, nothing is kept") {
  Fake fake;
  ClusterLooker looker(fake.AsBegin(), {.between = kNever, .to_be_sure = kAtOnce, .forget = absl::Milliseconds(20)});
  looker.Ask();
  REQUIRE(Await([&] { return fake.looks == 2; }));
  absl::SleepFor(absl::Milliseconds(200));
  CHECK(Await([&] {
    absl::SleepFor(absl::Milliseconds(100));
    return looker.Ask() == nullptr;
  }));
}

TEST_CASE("a look that fails for want of memory is lost, and the next goes on") {
  Fake fake;
  fake.fails = true;
  ClusterLooker looker(fake.AsBegin(), {.between = kAtOnce, .to_be_sure = kAtOnce});
  REQUIRE(Await([&] { return looker.Ask() == nullptr && fake.looks >= 2; }));
  fake.fails = false;
  CHECK(Await([&] { return looker.Ask() != nullptr; }));
}

TEST_CASE("only a configuration that names agents has one") {
  CHECK(ClusterLookerOf({}) == nullptr);
  Config config;
  config.cluster_nodes = "10.39.1.11,10.39.1.12";
  CHECK(ClusterLookerOf(config) != nullptr);
}

TEST_CASE("one that looks unasked goes on by itself, in one row, and numbers its looks") {
  Fake fake;
  fake.finds = true;
  ClusterLooker looker(fake.AsBegin(), {.between = kAtOnce, .to_be_sure = kAtOnce, .unasked = true});
  REQUIRE(Await([&] { return fake.looks >= 5; }));
  CHECK(fake.rows == 1);
  const ClusterPublicationPtr look = looker.Ask();
  REQUIRE(look);
  REQUIRE(Await([&] { return looker.Ask()->number > look->number; }));
  CHECK(look->report.outcome() == ClusterOutcome::kFindings);
}

TEST_CASE("one that looks unasked goes on after a look that failed") {
  Fake fake;
  fake.fails = true;
  ClusterLooker looker(fake.AsBegin(), {.between = kAtOnce, .to_be_sure = kAtOnce, .unasked = true});
  REQUIRE(Await([&] { return fake.looks >= 3; }));
  fake.fails = false;
  CHECK(Await([&] { return looker.Ask() != nullptr; }));
}

}  // namespace
}  // namespace caliwatch
