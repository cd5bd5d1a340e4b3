// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/tunnel_underlay.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

Route By(int link, absl::string_view destination, uint32_t metric) {
  Route route = BlockRoute(destination, "10.39.1.1");
  route.link = link;
  route.metric = metric;
  return route;
}

const Link* Towards(std::vector<Route> routes) {
  static const std::vector<Link> links = {WorkloadLink(2, "eth0"), WorkloadLink(3, "eth1")};
  static const LinkIndex index(links);
  return LinkTowards(*IpAddress::Parse("10.39.2.7"), routes, index);
}

TEST_CASE("a tunnel's packets leave by the longest route, and of equal ones by that with the lowest metric") {
  CHECK(Towards({By(2, "0.0.0.0/0", 0), By(3, "10.39.2.0/24", 1024)})->name == "eth1");
  CHECK(Towards({By(2, "0.0.0.0/0", 100), By(3, "0.0.0.0/0", 50)})->name == "eth1");
  CHECK(Towards({By(3, "0.0.0.0/0", 50), By(2, "0.0.0.0/0", 100)})->name == "eth1");
  CHECK(Towards({By(2, "10.39.3.0/24", 0)}) == nullptr);
}

TEST_CASE("a route of another table, or one that refuses, leads nowhere") {
  Route route = By(2, "0.0.0.0/0", 0);
  SECTION("another table") { route.table = 100; }
  SECTION("refuses") { route.type = RTN_UNREACHABLE; }
  CHECK(Towards({route}) == nullptr);
}

}  // namespace
}  // namespace caliwatch
