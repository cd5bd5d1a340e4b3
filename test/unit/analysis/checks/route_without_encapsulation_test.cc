// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

constexpr int kTunl0 = 9;

JudgedTexts Run(const Snapshot& node) { return JudgeBy("route_without_encapsulation", node); }

Route Tunnelled(absl::string_view block, absl::string_view gateway) {
  Route route = BlockRoute(block, gateway);
  route.link = kTunl0;
  route.flags = RTNH_F_ONLINK;
  return route;
}

Snapshot NodeWithRoutes(std::initializer_list<Route> remote) {
  Snapshot node = HealthyNode();
  std::erase_if(*node.routes, [](const Route& route) { return route.gateway.has_value(); });
  node.links->push_back(WorkloadLink(kTunl0, "tunl0"));
  node.links->back().kind = "ipip";
  for (const Route& route : remote) AddRoute(node, route);
  return node;
}

// An IPIP cluster, built from the documented layout of its routes: not every kernel has an IPIP device to record. Two
// of its nodes are on this node's network (10.39.1.0/24), two on another.
Snapshot IpipNode() {
  return NodeWithRoutes({Tunnelled("192.168.8.0/26", "10.39.1.8"), Tunnelled("192.168.219.0/26", "10.39.1.219"),
                         Tunnelled("192.168.36.0/26", "10.39.2.36"), Tunnelled("192.168.98.0/26", "10.39.2.98")});
}

// The same where the pool tunnels only to other networks.
Snapshot CrossSubnetNode() {
  return NodeWithRoutes({BlockRoute("192.168.8.0/26", "10.39.1.8"), BlockRoute("192.168.60.0/26", "10.39.1.60"),
                         Tunnelled("192.168.36.0/26", "10.39.2.36"), Tunnelled("192.168.98.0/26", "10.39.2.98")});
}

TEST_CASE("healthy nodes, with IPIP, VXLAN or neither, send nothing past their tunnel") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(VxlanNode())->empty());
  CHECK(Run(IpipNode())->empty());
}

TEST_CASE("a block on the network between the nodes, among blocks that are tunnelled, is found") {
  Snapshot node = IpipNode();
  AddRoute(node, BlockRoute("192.168.60.0/26", "10.39.1.60"));
  CHECK(*Run(node) ==
        std::vector<FindingText>{{"192.168.60.0/26",
                                  "leads to 10.39.1.60 by eth0 without encapsulation; blocks around it use tunl0",
                                  "",
                                  {"10.39.1.60"}}});
}

TEST_CASE("one address that was borrowed from such a block is found, too") {
  Snapshot node = IpipNode();
  AddRoute(node, BlockRoute("192.168.60.7/32", "10.39.1.60"));
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("Felix's tunnelled routes show the pool just as BIRD's do") {
  Snapshot node = IpipNode();
  for (Route& route : *node.routes)
    if (route.link == kTunl0) route.protocol = 80;
  AddRoute(node, BlockRoute("192.168.60.0/26", "10.39.1.60"));
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("a pool that tunnels to other networks only is healthy") { CHECK(Run(CrossSubnetNode())->empty()); }

TEST_CASE("such a pool's route to another network without tunnel is found") {
  Snapshot node = CrossSubnetNode();
  AddRoute(node, BlockRoute("192.168.70.0/26", "10.39.2.70"));
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "192.168.70.0/26");
}

TEST_CASE("a second pool without encapsulation is healthy, also with blocks on the same nodes") {
  Snapshot node = IpipNode();
  AddRoute(node, BlockRoute("172.20.5.0/26", "10.39.1.8"));
  AddRoute(node, BlockRoute("192.169.5.0/26", "10.39.1.219"));
  CHECK(Run(node)->empty());
}

TEST_CASE("a second pool without encapsulation for the own network is not measured by one that tunnels elsewhere") {
  Snapshot node = CrossSubnetNode();
  AddRoute(node, BlockRoute("192.168.40.0/26", "10.39.1.40"));
  CHECK(Run(node)->empty());
}

TEST_CASE("what Felix or somebody else leads past the tunnel is meant so") {
  Snapshot node = IpipNode();
  Route route = BlockRoute("192.168.60.0/26", "10.39.1.60");
  SECTION("Felix") { route.protocol = 80; }
  SECTION("static") { route.protocol = RTPROT_STATIC; }
  SECTION("another table") { route.table = 100; }
  SECTION("another tunnel") {
    node.links->push_back(WorkloadLink(12, "wireguard.cali"));
    route.link = 12;
  }
  AddRoute(node, route);
  CHECK(Run(node)->empty());
}

TEST_CASE("where nothing is tunnelled there is nothing to compare with") {
  Snapshot node = HealthyNode();
  node.links->push_back(WorkloadLink(kTunl0, "tunl0"));
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, encapsulation is unknown rather than right") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = IpipNode();
  SECTION("links") { node.links = gone; }
  SECTION("addresses") { node.addresses = gone; }
  SECTION("routes") { node.routes = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
