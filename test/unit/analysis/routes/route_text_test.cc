// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/route_text.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

TEST_CASE("a route is described by whose it is and where it leads, and deleted by all that tells it from others") {
  const Snapshot node = HealthyNode();
  const LinkIndex links(*node.links);
  Route route = BlockRoute("10.233.22.0/26", "10.39.1.9");
  route.protocol = RTPROT_STATIC;
  CHECK(DescribeRoute(route, links) == "a static route by 10.39.1.9 on eth0");
  CHECK(CommandToDelete(route, links) == "ip route del 10.233.22.0/26 via 10.39.1.9 dev eth0 proto static");

  route.gateway.reset();
  route.protocol = RTPROT_DHCP;
  route.metric = 100;
  CHECK(DescribeRoute(route, links) == "a dhcp route on eth0");
  CHECK(CommandToDelete(route, links) == "ip route del 10.233.22.0/26 dev eth0 proto dhcp metric 100");

  route.destination = *Prefix::Parse("fd00:10::/122");
  route.type = RTN_BLACKHOLE;
  route.link = 0;
  route.metric = 1024;
  CHECK(DescribeRoute(route, links) == "a dhcp blackhole route");
  CHECK(CommandToDelete(route, links) == "ip -6 route del blackhole fd00:10::/122 proto dhcp metric 1024");
}

TEST_CASE("a route that refuses, or is the node's own, is named and deleted as what it is") {
  const LinkIndex none(std::vector<Link>{});
  Route route = BlockRoute("10.233.22.0/26", "10.39.1.9");
  route.gateway.reset();
  route.link = 0;
  for (const auto& [type, name] : {std::pair<uint8_t, std::string>{RTN_LOCAL, "local"},
                                   {RTN_UNREACHABLE, "unreachable"},
                                   {RTN_PROHIBIT, "prohibit"},
                                   {RTN_THROW, "throw"}}) {
    route.type = type;
    CHECK(DescribeRoute(route, none) == "a bird " + name + " route");
    CHECK(CommandToDelete(route, none) == "ip route del " + name + " 10.233.22.0/26 proto bird");
  }
}

}  // namespace
}  // namespace caliwatch
