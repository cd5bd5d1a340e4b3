// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/kernel_route_order.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include <absl/status/status.h>

#include "lib/node/kernel_socket.h"
#include "test/support/kernel_decoding.h"
#include "test/support/own_namespace.h"

namespace caliwatch {
namespace {

Route RouteTo(absl::string_view destination, int link = 2) {
  Route route;
  route.destination = Prefix::Parse(destination).value();
  route.link = link;
  return route;
}

bool IsInOrder(const std::vector<Route>& routes) {
  return std::is_sorted(routes.begin(), routes.end(),
                        [](const Route& a, const Route& b) { return a.CompareKey(b) < 0; });
}

TEST_CASE("a dump with the default route last, and a block behind its workloads, is put in order") {
  std::vector<Route> routes = {RouteTo("10.65.0.0/26"), RouteTo("fd00::1"),   RouteTo("fd00::2"),
                               RouteTo("fd00::/122"),   RouteTo("fd01::/64"), RouteTo("fe80::/64", 3),
                               RouteTo("fe80::/64", 2), RouteTo("::/0")};
  SortDump(routes);
  CHECK(routes == std::vector<Route>{RouteTo("10.65.0.0/26"), RouteTo("::/0"), RouteTo("fd00::/122"),
                                     RouteTo("fd00::1"), RouteTo("fd00::2"), RouteTo("fd01::/64"),
                                     RouteTo("fe80::/64", 2), RouteTo("fe80::/64", 3)});
}

TEST_CASE("routes of one key are ordered by their link") {
  std::vector<Route> routes = {RouteTo("10.65.0.2/32", 9), RouteTo("10.65.0.2/32", 7), RouteTo("10.65.0.2/32", 8)};
  SortDump(routes);
  CHECK(routes ==
        std::vector<Route>{RouteTo("10.65.0.2/32", 7), RouteTo("10.65.0.2/32", 8), RouteTo("10.65.0.2/32", 9)});
}

TEST_CASE("no route and one route are in order") {
  std::vector<Route> routes;
  SortDump(routes);
  CHECK(routes.empty());
  routes.push_back(RouteTo("::/0"));
  SortDump(routes);
  CHECK(routes == std::vector<Route>{RouteTo("::/0")});
}

TEST_CASE("routes in any order at all are put in order, and none is lost") {
  std::vector<Route> expected;
  for (int i = 0; i < 4000; ++i)
    expected.push_back(RouteTo("10." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".0/24"));
  std::mt19937 random(20261121);
  for (const int swaps : {1, 10, 1000, 100'000}) {
    std::vector<Route> routes = expected;
    for (int swap = 0; swap < swaps; ++swap)
      std::swap(routes[random() % routes.size()], routes[random() % routes.size()]);
    SortDump(routes);
    CHECK((routes == expected));
  }
}

TEST_CASE("what a real kernel dumps of tables, families and nested prefixes is put in order") {
  if (!InOwnNamespace()) return;
  Run(R"(
    ip link add eth0 type veth peer name peer
    ip link set eth0 up
    ip link set peer up
    for table in 100 254 1000 300; do
      for prefix in 20.0.0.0/8 20.0.0.0/24 20.0.0.0/32 20.0.1.0/24 0.0.0.0/0 2001:db8::/32 2001:db8::/64 2001:db8:1::/64 ::/0; do
        ip route add $prefix dev eth0 table $table
        ip route add $prefix dev eth0 table $table metric 7
      done
    done
    ip route add 20.0.0.0/24 dev eth0 tos 4
    ip route add 20.0.2.0/24 dev eth0
    ip route append 20.0.2.0/24 dev peer
  )");
  std::vector<Route> routes;
  REQUIRE(KernelSocket::Open()
              .value()
              ->Dump(KernelTable::kRoutes,
                     [&](const nlmsghdr& message) {
                       if (!AppendRow(message, routes).ok()) FAIL();
                     })
              .ok());
  CHECK(!IsInOrder(routes));  // or this would show nothing
  const size_t size = routes.size();
  SortDump(routes);
  CHECK(IsInOrder(routes));
  CHECK(routes.size() == size);
}

}  // namespace
}  // namespace caliwatch
