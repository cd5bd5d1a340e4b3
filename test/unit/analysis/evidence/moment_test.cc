// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/moment.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

const Moment kThen{absl::Hours(1), absl::FromUnixSeconds(1'800'000'000)};

Moment Later(absl::Duration up, absl::Duration wall) { return {kThen.up + up, kThen.wall + wall}; }

TEST_CASE("a moment stays as it is while nobody sets the clock") {
  CHECK(AsOf(kThen, Later(absl::Hours(5), absl::Hours(5))) == kThen);
  CHECK(AsOf(kThen, Later(absl::Hours(5), absl::Hours(5) + absl::Milliseconds(900))) == kThen);
}

TEST_CASE("a moment goes with the clock when that is set, so that its age is what it was") {
  for (const absl::Duration step : {absl::Hours(9), -absl::Hours(9)}) {
    const Moment now = Later(absl::Minutes(10), absl::Minutes(10) + step);
    CHECK(now.wall - AsOf(kThen, now).wall == absl::Minutes(10));
    CHECK(AsOf(kThen, now).up == kThen.up);
  }
}

}  // namespace
}  // namespace caliwatch
