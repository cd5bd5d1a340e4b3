// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/convergence/route_gap.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

constexpr BootTime kStart = absl::Hours(1);
const Prefix kOne = *Prefix::Parse("192.168.219.0/26");
const Prefix kTwo = *Prefix::Parse("192.168.36.0/26");
const Prefix kLast = *Prefix::Parse("192.168.220.0/26");

TEST_CASE("what is missing counts up to now, beside what has come back") {
  RouteGaps gaps;
  gaps.MarkMissing(kOne, kStart);
  gaps.MarkMissing(kTwo, kStart + absl::Seconds(2));
  CHECK(gaps.At(kStart + absl::Seconds(10)) == RouteGap{absl::Seconds(10), absl::Seconds(18)});
  gaps.MarkPresent(kOne, kStart + absl::Seconds(5));
  CHECK(gaps.At(kStart + absl::Seconds(10)) == RouteGap{absl::Seconds(8), absl::Seconds(13)});
  CHECK(gaps.last_return == kStart + absl::Seconds(5));
}

TEST_CASE("of many that a poll misses, those that were missing before are missing since then") {
  RouteGaps gaps;
  gaps.MarkMissing(kOne, kStart);
  gaps.MarkMissing(kLast, kStart);
  gaps.returned_unannounced = {kOne, kLast};
  gaps.MarkMissing({kTwo, kOne}, kStart + absl::Seconds(3));
  CHECK(gaps.open == std::map<Prefix, BootTime>{{kTwo, kStart + absl::Seconds(3)}, {kOne, kStart}, {kLast, kStart}});
  CHECK(gaps.returned_unannounced == std::set{kLast});
}

TEST_CASE("of many that are not due any more, none counts, and all others do") {
  RouteGaps gaps;
  gaps.MarkMissing({kTwo, kOne, kLast}, kStart);
  gaps.returned_unannounced = {kTwo, kOne};
  gaps.Forget({kTwo, kLast});
  CHECK(gaps.open == std::map<Prefix, BootTime>{{kOne, kStart}});
  CHECK(gaps.returned_unannounced == std::set{kOne});
}

TEST_CASE("what is in the kernel again, though nobody said since when, grows no further") {
  RouteGaps gaps;
  gaps.MarkMissing(kOne, kStart);
  gaps.returned_unannounced.insert(kOne);
  CHECK(gaps.At(kStart + absl::Minutes(1)) == RouteGap{});
}

TEST_CASE("a route that is deleted and added at once was changed, not lost") {
  RouteGaps gaps;
  gaps.MarkMissing(kOne, kStart);
  gaps.MarkPresent(kOne, kStart + absl::Milliseconds(50));
  CHECK(gaps.At(kStart + absl::Seconds(1)) == RouteGap{});
  gaps.MarkMissing(kOne, kStart);
  gaps.MarkPresent(kOne, kStart + absl::Milliseconds(51));
  CHECK(gaps.At(kStart + absl::Seconds(1)).longest == absl::Milliseconds(51));
}

TEST_CASE("a new account begins with what is missing still") {
  RouteGaps gaps;
  gaps.MarkMissing(kOne, kStart);
  gaps.MarkMissing(kTwo, kStart);
  gaps.MarkPresent(kTwo, kStart + absl::Seconds(30));
  gaps.Begin();
  CHECK(gaps.At(kStart + absl::Minutes(1)) == RouteGap{absl::Minutes(1), absl::Minutes(1)});
  CHECK(gaps.last_return == std::nullopt);
}

}  // namespace
}  // namespace caliwatch
