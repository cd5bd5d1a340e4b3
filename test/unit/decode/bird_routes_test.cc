// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <absl/time/civil_time.h>

#include "lib/decode/bird_answers.h"
#include "test/support/catch.h"

namespace caliwatch {
namespace {

const BirdClock kClock{absl::FromCivil(absl::CivilSecond(2026, 11, 20, 23, 28, 31), absl::UTCTimeZone())};

IpAddress Address(absl::string_view text) { return IpAddress::Parse(text).value(); }

std::vector<BirdRoute> Parse(absl::string_view lines) {
  const auto routes = BirdRoutesFrom(absl::StrCat(lines, "0000 \n"), kClock);
  REQUIRE(routes.ok());
  return *routes;
}

BirdRoute Route(absl::string_view destination, std::vector<BirdNextHop> next_hops) {
  return {.destination = Prefix::Parse(destination).value(),
          .protocol = "Mesh_10_39_1_36",
          .type = BirdRouteType::kUnicast,
          .next_hops = std::move(next_hops),
          .learned_from = {},
          .best = true,
          .kernel_refused = false,
          .age = absl::Seconds(6)};
}

TEST_CASE("BIRD 1.x tells a route and its next hop in one line") {
  CHECK(Parse("1007-192.168.36.0/26    via 10.39.1.36 on eth0 [Mesh_10_39_1_36 23:28:25] * (100/0) [i]\n") ==
        std::vector<BirdRoute>{Route("192.168.36.0/26", {{Address("10.39.1.36"), "eth0"}})});
}

TEST_CASE("BIRD 2.x tells the next hop in a line of its own, below the name of its table") {
  CHECK(Parse("1007-Table master4:\n 192.168.36.0/26      unicast [Mesh_10_39_1_36 23:28:25.000] * (100) [i]\n"
              " \tvia 10.39.1.36 on eth0\n") ==
        std::vector<BirdRoute>{Route("192.168.36.0/26", {{Address("10.39.1.36"), "eth0"}})});
}

TEST_CASE("several next hops stand below their route in every version") {
  const std::vector<BirdRoute> expected = {
      Route("192.168.36.0/26", {{Address("10.39.1.36"), "eth0"}, {Address("10.39.1.37"), "eth1"}})};
  CHECK(Parse("1007-192.168.36.0/26    multipath [Mesh_10_39_1_36 23:28:25] * (100/0) [i]\n"
              " \tvia 10.39.1.36 on eth0 weight 1\n \tvia 10.39.1.37 on eth1 weight 2\n") == expected);
  CHECK(Parse("1007-192.168.36.0/26      unicast [Mesh_10_39_1_36 23:28:25] * (100) [i]\n"
              " \tvia 10.39.1.36 on eth0 mpls 7/8 onlink weight 1\n \tvia 10.39.1.37 on eth1 weight 2\n") == expected);
}

TEST_CASE("a direct route has an interface and no gateway") {
  const std::vector<BirdRoute> routes = Parse(
      "1007-10.39.1.0/24       dev eth0 [direct1 23:28:23] * (240)\n fd39:1::/64          unicast [direct1 23:28:23] * "
      "(240)\n"
      " \tdev eth0\n");
  REQUIRE(routes.size() == 2);
  for (const BirdRoute& route : routes) CHECK(route.next_hops == std::vector<BirdNextHop>{{{}, "eth0"}});
}

TEST_CASE("routes that lead nowhere have a type and no next hop") {
  const std::vector<BirdRoute> routes = Parse(
      "1007-10.0.1.0/24   blackhole [static1 23:28:23] * (200)\n 10.0.2.0/24   unreachable [static1 23:28:23] * (200)\n"
      " 10.0.3.0/24   prohibited [static1 23:28:23] * (200)\n");
  REQUIRE(routes.size() == 3);
  CHECK(routes[0].type == BirdRouteType::kBlackhole);
  CHECK(routes[1].type == BirdRouteType::kUnreachable);
  CHECK(routes[2].type == BirdRouteType::kProhibit);
  for (const BirdRoute& route : routes) CHECK(route.next_hops.empty());
}

TEST_CASE("alternatives of a network leave its column blank and are not the best") {
  const std::vector<BirdRoute> routes = Parse(
      "1007-192.168.36.0/26    via 10.39.1.36 on eth0 [Mesh_10_39_1_36 23:28:25] * (100/0) [i]\n"
      "                    via 10.39.1.37 on eth0 [Mesh_10_39_1_37 23:28:25] (100/0) [i]\n");
  REQUIRE(routes.size() == 2);
  CHECK(routes[1].destination == routes[0].destination);
  CHECK(routes[1].protocol == "Mesh_10_39_1_37");
  CHECK_FALSE(routes[1].best);
}

TEST_CASE("a best route that the kernel refused says so") {
  const BirdRoute route = Parse("1007-10.0.0.0/8 via 10.39.1.36 on eth0 [Mesh_1 23:28:25] ! (100/0) [i]\n").at(0);
  CHECK(route.best);
  CHECK(route.kernel_refused);
  CHECK(route.origin_as == 0);
  CHECK_FALSE(Parse("1007-10.0.0.0/8 via 10.39.1.36 on eth0 [Mesh_1 23:28:25] * (100/0) [i]\n").at(0).kernel_refused);
}

TEST_CASE("a route of a reflector tells from whom it came, also behind a time with a blank") {
  const BirdRoute route =
      Parse("1007-10.0.0.0/8 via 10.39.1.36 on eth0 [Node_1 2026-11-20 23:28:25 from 10.39.1.7] * (100/0) [AS64512i]\n")
          .at(0);
  CHECK(route.learned_from == Address("10.39.1.7"));
  CHECK(route.protocol == "Node_1");
  CHECK(route.age == absl::Seconds(6));
  CHECK(route.origin_as == 64512);
}

TEST_CASE("an interface may have odd bytes, and a next hop none") {
  CHECK(Parse("1007-10.0.0.0/8 via 10.39.1.36 on e[th]\xff [Mesh_1 23:28:25] * (100)\n")
            .at(0)
            .next_hops.at(0)
            .interface == "e[th]\xff");
  CHECK(Parse("1007-10.0.0.0/8 unicast [Mesh_1 23:28:25] * (100)\n \tvia 10.39.1.36\n").at(0).next_hops ==
        std::vector<BirdNextHop>{{Address("10.39.1.36"), ""}});
}

TEST_CASE("tables, counts, attributes and words that we do not know are passed over") {
  CHECK(Parse("1007-Table master4:\n 0 of 0 routes for 0 networks in table master4\n \n Table master6:\n").empty());
  const std::vector<BirdRoute> routes = Parse(
      "1007-10.0.0.0/8 recursive [Mesh_1 23:28:25] * (100)\n \tsomehow to eth0\n1008-\tType: BGP univ\n"
      "1012-\tBGP.origin: IGP\n \tBGP.local_pref: 100\n");
  REQUIRE(routes.size() == 1);
  CHECK(routes[0].next_hops.empty());
}

TEST_CASE("networks that are not IP's take their next hops and alternatives with them") {
  const std::vector<BirdRoute> routes = Parse(
      "1007-10.0.0.0/8 unicast [Mesh_1 23:28:25] * (100)\n \tvia 10.39.1.36 on eth0\n"
      " 1000 unicast [mpls1 23:28:25] * (100)\n \tvia 10.39.1.37 on eth0\n"
      "           unicast [mpls2 23:28:25] (100)\n \tvia 10.39.1.38 on eth0\n");
  REQUIRE(routes.size() == 1);
  CHECK(routes[0].next_hops == std::vector<BirdNextHop>{{Address("10.39.1.36"), "eth0"}});
}

TEST_CASE("next hops below a route that BIRD could not print are given to no other") {
  const std::vector<BirdRoute> routes = Parse(
      "1007-10.0.0.0/8 unicast [Mesh_1 23:28:25] * (100)\n \tvia 10.39.1.36 on eth0\n8000-<line overflow>\n"
      "1007-\tvia 10.39.1.37 on eth0\n");
  REQUIRE(routes.size() == 1);
  CHECK(routes[0].next_hops.size() == 1);
}

TEST_CASE("no routes are no error, a refusal and half an answer are") {
  CHECK(Parse("").empty());
  CHECK(absl::IsFailedPrecondition(
      BirdRoutesFrom("1007-10.0.0.0/8 dev eth0 [direct1 23:28:25] * (240)\n8004 Stopped due to reconfiguration\n",
                     kClock)
          .status()));
  CHECK(absl::IsInvalidArgument(
      BirdRoutesFrom("1007-10.0.0.0/8 dev eth0 [direct1 23:28:25] * (240)\n", kClock).status()));
}

}  // namespace
}  // namespace caliwatch
