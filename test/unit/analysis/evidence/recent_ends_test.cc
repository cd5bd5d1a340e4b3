// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/recent_ends.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

BootTime At(int minute) { return absl::Hours(5) + absl::Minutes(minute); }

RecentEnds EndedAt(std::initializer_list<int> minutes) {
  RecentEnds ends;
  for (const int minute : minutes) ends.Follow(1, At(minute));
  return ends;
}

TEST_CASE("an update and its rollback are not many ends") {
  CHECK(EndedAt({}).Repeated(At(1)) == std::nullopt);
  CHECK(EndedAt({0, 1}).Repeated(At(1)) == std::nullopt);
}

TEST_CASE("three ends within half an hour are many, until it has lasted for ten minutes") {
  const RecentEnds ends = EndedAt({0, 14, 28});
  CHECK(ends.Repeated(At(28)) == RepeatedEnds{3, absl::Minutes(28)});
  CHECK(ends.Repeated(At(38)) == RepeatedEnds{3, absl::Minutes(38)});
  CHECK(ends.Repeated(At(39)) == std::nullopt);
}

TEST_CASE("what is longer ago than half an hour no longer counts") {
  CHECK(EndedAt({0, 15, 31}).Repeated(At(31)) == std::nullopt);
  CHECK(EndedAt({0, 15, 31}).moments() == std::deque<BootTime>{At(15), At(31)});
}

TEST_CASE("several ends between two polls are as many") {
  RecentEnds ends;
  ends.Follow(3, At(0));
  CHECK(ends.Repeated(At(1)) == RepeatedEnds{3, absl::Minutes(1)});
}

TEST_CASE("while nothing ends, nothing changes but what grows too old") {
  RecentEnds ends = EndedAt({0, 5});
  const RecentEnds before = ends;
  ends.Follow(0, At(10));
  CHECK(ends == before);
  ends.Follow(0, At(60));
  CHECK(ends == RecentEnds());
}

TEST_CASE("no more than a hundred are kept, the last ones, and a process after this one goes on with them") {
  RecentEnds ends;
  ends.Follow(1, At(0));
  for (int i = 0; i < 3; ++i) ends.Follow(1'000'000'000'000, At(1));
  CHECK(ends.moments().size() == 100);
  CHECK(ends.moments().front() == At(1));
  CHECK(RecentEnds(ends.moments()) == ends);
}

}  // namespace
}  // namespace caliwatch
