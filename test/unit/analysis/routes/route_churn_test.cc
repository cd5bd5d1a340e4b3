// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/route_churn.h"

#include <absl/strings/str_cat.h>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

const Prefix kBlock = *Prefix::Parse("192.168.219.0/26");

struct Follower {
  void Tell(bool added, RouteOwner owner = RouteOwner::kBird, uint32_t metric = 0, Prefix destination = kBlock) {
    journal.routes.push_back({now, destination, added, owner, true, metric});
  }
  void GoesAndReturns(RouteOwner owner = RouteOwner::kBird, uint32_t metric = 0) {
    Tell(false, owner, metric);
    now += absl::Milliseconds(200);
    Tell(true, owner, metric);
  }
  void Poll(absl::Duration passed = absl::Seconds(5)) {
    churn.Follow(journal, now, counts);
    journal = {};
    now += passed;
  }

  BootTime now = absl::Hours(1);
  Journal journal;
  RouteChurn churn;
  RouteChangeCounts counts;
};

TEST_CASE("a route that comes and goes between polls is counted, and recurs at its third return") {
  Follower follower;
  for (int times = 1; times <= 3; ++times) {
    follower.GoesAndReturns();
    follower.Poll();
    CHECK(follower.churn.Recurring().size() == (times < 3 ? 0 : 1));
  }
  const RecurringRoute found = follower.churn.Recurring().front();
  CHECK(found.route == RouteKey{kBlock, RouteOwner::kBird, 0});
  CHECK(found.returns == 3);
  CHECK(found.last == follower.now - absl::Seconds(5));
  CHECK(follower.counts == RouteChangeCounts{{{Family::kIpv4, RouteOwner::kBird, RouteChange::kAdded}, 3},
                                             {{Family::kIpv4, RouteOwner::kBird, RouteChange::kRemoved}, 3}});
}

TEST_CASE("what another owner or another metric adds is no return") {
  Follower follower;
  for (int times = 0; times < 5; ++times) {
    follower.Tell(false, RouteOwner::kBoot, 0);
    follower.Tell(true, RouteOwner::kBoot, 1024);
    follower.Tell(true, RouteOwner::kFelix, 0);
    follower.Poll();
  }
  CHECK(follower.churn.Recurring().empty());
}

TEST_CASE("a route that is back at once was replaced, as BIRD does it") {
  Follower follower;
  const auto away_for = [&](absl::Duration away) {
    for (int times = 0; times < 3; ++times) {
      follower.Tell(false, RouteOwner::kBird);
      follower.now += away;
      follower.Tell(true, RouteOwner::kBird);
    }
    follower.Poll();
  };
  away_for(absl::Milliseconds(20));
  CHECK(follower.churn.Recurring().empty());
  away_for(absl::Milliseconds(200));
  CHECK(follower.churn.Recurring().size() == 1);
}

TEST_CASE("two owners that quarrel over one destination both recur") {
  Follower follower;
  for (int times = 0; times < 3; ++times) {
    follower.GoesAndReturns(RouteOwner::kFelix);
    follower.GoesAndReturns(RouteOwner::kBird);
  }
  follower.Poll();
  CHECK(follower.churn.Recurring().size() == 2);
}

TEST_CASE("what is ten minutes old is forgotten") {
  Follower follower;
  follower.GoesAndReturns();
  follower.GoesAndReturns();
  follower.Poll(absl::Minutes(11));
  follower.GoesAndReturns();
  follower.Poll();
  CHECK(follower.churn.Recurring().empty());
}

TEST_CASE("a flood is counted in full and remembered within bounds") {
  Follower follower;
  for (int times = 0; times < 1000; ++times) follower.GoesAndReturns();
  const auto nth = [](int i) {
    return *Prefix::Parse(absl::StrCat("10.", i / 65536, ".", i / 256 % 256, ".", i % 256));
  };
  for (int times = 0; times < 3; ++times)
    for (const bool added : {false, true}) {
      for (int i = 0; i < 20'000; ++i) follower.Tell(added, RouteOwner::kBird, 0, nth(i));
      follower.now += absl::Seconds(1);
    }
  follower.Poll();
  CHECK(follower.counts.at({Family::kIpv4, RouteOwner::kBird, RouteChange::kAdded}) == 61'000);
  const std::vector<RecurringRoute> found = follower.churn.Recurring();
  CHECK(found.size() == 10'000);
  CHECK(found.back().route.destination == kBlock);
  CHECK(found.back().returns == RouteChurn::kMostReturns);
}

}  // namespace
}  // namespace caliwatch
