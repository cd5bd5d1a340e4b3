// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/route_diff.h"

#include <algorithm>
#include <string>

#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

// "-192.168.36.0/26 +192.168.37.0/26": what one dump has and the other has not, in order.
std::string Difference(std::vector<Route> before, std::vector<Route> after) {
  const auto by_key = [](const Route& a, const Route& b) { return a.CompareKey(b) < 0; };
  std::sort(before.begin(), before.end(), by_key);
  std::sort(after.begin(), after.end(), by_key);
  std::string text;
  DiffRoutes(
      before, after, [&](const Route& route) { absl::StrAppend(&text, "-", route.destination.ToString(), " "); },
      [&](const Route& route) { absl::StrAppend(&text, "+", route.destination.ToString(), " "); });
  return text;
}

const Route kBlock = BlockRoute("192.168.36.0/26", "10.39.1.36");
const Route kOther = BlockRoute("192.168.37.0/26", "10.39.1.36");

TEST_CASE("equal dumps do not differ") { CHECK(Difference({kBlock, kOther}, {kOther, kBlock}).empty()); }

TEST_CASE("routes that came and went are told apart") {
  CHECK(Difference({kBlock}, {kOther}) == "-192.168.36.0/26 +192.168.37.0/26 ");
  CHECK(Difference({}, {kBlock, kOther}) == "+192.168.36.0/26 +192.168.37.0/26 ");
  CHECK(Difference({kBlock, kOther}, {}) == "-192.168.36.0/26 -192.168.37.0/26 ");
}

TEST_CASE("another gateway is a route gone and a route come") {
  CHECK(Difference({kBlock}, {BlockRoute("192.168.36.0/26", "10.39.1.37")}) == "-192.168.36.0/26 +192.168.36.0/26 ");
}

TEST_CASE("one destination with two metrics is two routes") {
  Route preferred = kBlock;
  preferred.metric = 512;
  CHECK(Difference({kBlock}, {kBlock, preferred}) == "+192.168.36.0/26 ");
}

TEST_CASE("fe80::/64 exists once per interface") {
  const Route first = WorkloadRoute("fe80::/64", 5), second = WorkloadRoute("fe80::/64", 6);
  CHECK(Difference({first}, {first, second}) == "+fe80::/64 ");
  CHECK(Difference({first, second}, {second, first}).empty());
}

TEST_CASE("a route that only lost its carrier is the same route") {
  Route down = kBlock;
  down.flags = RTNH_F_LINKDOWN;
  CHECK(Difference({kBlock}, {down}).empty());
}

TEST_CASE("a next hop that left a multipath route is told") {
  Route second = kBlock;
  second.hop = 1;
  second.gateway = *IpAddress::Parse("10.39.1.37");
  CHECK(Difference({kBlock, second}, {kBlock}) == "-192.168.36.0/26 ");
}

}  // namespace
}  // namespace caliwatch
