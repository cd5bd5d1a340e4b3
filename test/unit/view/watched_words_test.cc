// SPDX-License-Identifier: Apache-2.0
#include "lib/view/watched_words.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

using Cells = std::vector<std::string>;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

WatchedRoute There() {
  WatchedRoute route;
  route.prefix = *Prefix::Parse("10.20.0.0/16");
  route.present = true;
  route.since = kNow - absl::Seconds(75);
  route.since_is_known = true;
  route.protocol = "bird";
  route.type = "unicast";
  route.hops = {{*IpAddress::Parse("10.39.0.1"), "eth0"}};
  route.all_hops = 1;
  route.peer = "10.39.0.1";
  return route;
}

TEST_CASE("a watched route that is there is told with its age, who announced it, and where it leads") {
  CHECK(WatchedCells(There(), kNow) ==
        Cells{"10.20.0.0/16", "there", "1 min 15 s", "bird, by 10.39.0.1", "10.39.0.1 on eth0"});
  CHECK(WatchedTitle({There()}) == "Watched routes: 1 of 1 is there");
}

TEST_CASE("an age that nobody has seen begin is a least, and none at a first look") {
  WatchedRoute route = There();
  route.since_is_known = false;
  CHECK(WatchedCells(route, kNow)[2] == "at least 1 min 15 s");
  CHECK(WatchedCells(route, route.since + absl::Seconds(1))[2].empty());
}

TEST_CASE("a watched route that is missing, or refuses packets, says so and leads nowhere") {
  WatchedRoute missing;
  missing.prefix = *Prefix::Parse("10.20.0.0/16");
  missing.since = kNow - absl::Seconds(10);
  missing.since_is_known = true;
  CHECK(WatchedCells(missing, kNow) == Cells{"10.20.0.0/16", "missing", "10 s", "", ""});
  WatchedRoute refusing = There();
  refusing.present = false;
  refusing.type = "unreachable";
  CHECK(WatchedCells(refusing, kNow)[1] == "refused: unreachable");
  CHECK(WatchedCells(refusing, kNow)[4].empty());
  CHECK(WatchedTitle({missing, refusing, There(), There()}) == "Watched routes: 2 of 4 are there");
}

TEST_CASE("of many next hops two are named and the rest is counted") {
  WatchedRoute route = There();
  route.hops.resize(8, {std::nullopt, "eth1"});
  route.all_hops = 12;
  CHECK(WatchedCells(route, kNow)[4] == "10.39.0.1 on eth0, eth1 and 10 more");
  route.type = "blackhole";
  CHECK(WatchedCells(route, kNow)[4] == "blackhole");
}

}  // namespace
}  // namespace caliwatch
