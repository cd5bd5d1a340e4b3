// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/route_tally.h"

#include <algorithm>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

Route Multipath(absl::string_view gateway, uint16_t hop) {
  Route route = BlockRoute("192.168.7.0/26", gateway);
  route.hop = hop;
  return route;
}

uint32_t CountOf(const RouteTally& tally, RouteOwner owner, absl::string_view gateway) {
  const auto found = std::find_if(tally.gateways.begin(), tally.gateways.end(), [&](const GatewayTally& row) {
    return row.owner == owner && row.gateway == IpAddress::Parse(gateway).value();
  });
  return found == tally.gateways.end() ? 0 : found->routes;
}

TEST_CASE("routes are added up by owner and gateway, those of table main alone") {
  Route felix = BlockRoute("192.168.8.0/26", "10.39.1.219"), other_table = BlockRoute("192.168.9.0/26", "10.39.1.219");
  felix.protocol = 80;
  other_table.table = 7;
  Route unreachable = BlockRoute("192.168.10.0/26", "10.39.1.219");
  unreachable.type = RTN_UNREACHABLE;
  unreachable.gateway.reset();
  const RouteTally tally = TallyOf({BlockRoute("192.168.6.0/26", "10.39.1.219"), Multipath("10.39.1.219", 0),
                                    Multipath("10.39.1.36", 1), felix, other_table, unreachable});
  CHECK(tally.gateways.size() == 3);
  CHECK(CountOf(tally, RouteOwner::kBird, "10.39.1.219") == 2);
  CHECK(CountOf(tally, RouteOwner::kBird, "10.39.1.36") == 1);
  CHECK(CountOf(tally, RouteOwner::kFelix, "10.39.1.219") == 1);
  CHECK(tally.made_by_bird[Family::kIpv4] == 3);
  CHECK(tally.made_by_bird[Family::kIpv6] == 0);
  CHECK(tally.unreachable_by_bird[Family::kIpv4] == 1);
}

TEST_CASE("destinations of several routes that stand side by side are told by the first of these") {
  const Route a = BlockRoute("192.168.6.0/26", "10.39.1.219"), b = BlockRoute("192.168.7.0/26", "10.39.1.219"),
              c = BlockRoute("192.168.8.0/26", "10.39.1.36");
  CHECK(TallyOf({}).several.empty());
  CHECK(TallyOf({a, b, c}).several.empty());
  CHECK(TallyOf({a, a, b, c, c, c}).several == std::vector<size_t>{0, 3});
  CHECK(TallyOf({a, b, b}).several == std::vector<size_t>{1});
}

}  // namespace
}  // namespace caliwatch
