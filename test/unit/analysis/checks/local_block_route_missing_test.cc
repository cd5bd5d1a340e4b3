// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("local_block_route_missing", node); }

Snapshot WithoutLocalBlock(Snapshot node) {
  std::erase_if(*node.routes, [](const Route& route) { return route.type == RTN_BLACKHOLE; });
  return node;
}

BirdRoute StaticRoute(absl::string_view block) {
  BirdRoute route;
  route.destination = *Prefix::Parse(block);
  route.protocol = "static1";
  route.type = BirdRouteType::kBlackhole;
  route.best = true;
  return route;
}

// BIRD was asked for its table; it has the block, and a range of services' addresses.
Snapshot Asked(Snapshot node) {
  node.birds[Family::kIpv4].routes =
      std::vector<BirdRoute>{StaticRoute("192.168.231.0/26"), StaticRoute("10.96.0.0/12")};
  return node;
}

TEST_CASE("healthy nodes have a route for each of their blocks") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(VxlanNode())->empty());
  CHECK(Run(Asked(HealthyNode()))->empty());
}

TEST_CASE("a tunnel's address in no block shows that the block's route is missing") {
  CHECK(*Run(WithoutLocalBlock(VxlanNode())) ==
        std::vector<FindingText>{{"192.168.231.0",
                                  "is the address of vxlan.calico, and its block has no route",
                                  "",
                                  {"192.168.231.0", "vxlan.calico"}}});
}

TEST_CASE("a tunnel's address of a pool for tunnels alone has no block with a route") {
  Snapshot node = RealNode("vxlan-healthy");
  const int tunnel = LinkNamed(node, "vxlan.calico").index;
  for (Address& own : *node.addresses)
    if (own.link == tunnel && !own.address.IsLinkLocal()) own.address = *IpAddress::Parse("10.99.0.1");
  REQUIRE(Run(node)->size() == 1);
  Route other = VxlanRoute("10.99.0.2", "10.99.0.2");
  other.gateway.reset();
  other.link = tunnel;
  Snapshot with_other = node;
  AddRoute(with_other, other);
  CHECK(Run(with_other)->empty());  // another node's has none either
  SECTION("one that is borrowed from a block proves nothing") { other.destination = *Prefix::Parse("10.48.98.7/32"); }
  SECTION("from one of this node's as little") {
    AddRoute(node, other);
    Route block = BlockRoute("10.99.0.0/26", "10.39.1.1");
    block.type = RTN_BLACKHOLE;
    block.gateway.reset();
    other = block;
    for (Address& own : *node.addresses)
      if (own.link == tunnel && !own.address.IsLinkLocal()) own.address = *IpAddress::Parse("10.98.0.1");
  }
  SECTION("nor what leads elsewhere") { other.link = 2; }
  SECTION("nor to more than a tunnel's address") { other.destination = *Prefix::Parse("10.99.0.2/31"); }
  SECTION("nor by a gateway") {
    other.gateway = *IpAddress::Parse("10.99.0.9");
    other.protocol = RTPROT_STATIC;
  }
  SECTION("nor in another table") { other.table = 100; }
  SECTION("nor what drops") { other.type = RTN_UNREACHABLE; }
  SECTION("nor what the kernel made for the device's own address") { other.protocol = RTPROT_KERNEL; }
  AddRoute(node, other);
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("Felix's routes through VXLAN are of protocol boot") {
  Snapshot node = WithoutLocalBlock(VxlanNode());
  for (Route& route : *node.routes)
    if (route.link == kVxlanDevice) route.protocol = RTPROT_BOOT;
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("BIRD's route for a block with workloads that the kernel lacks is found") {
  CHECK(*Run(Asked(WithoutLocalBlock(HealthyNode()))) ==
        std::vector<FindingText>{
            {"192.168.231.0/26", "is a block of this node with 2 workloads; BIRD has its route, the kernel has not"}});
}

TEST_CASE("what BIRD would not give the kernel as a block is none") {
  Snapshot node = Asked(WithoutLocalBlock(HealthyNode()));
  BirdRoute& route = node.birds[Family::kIpv4].routes->front();
  SECTION("another route is better") { route.best = false; }
  SECTION("it leads somewhere") { route.type = BirdRouteType::kUnicast; }
  SECTION("a peer told it") { route.protocol = "Mesh_10_39_1_36"; }
  CHECK(Run(node)->empty());
}

TEST_CASE("another program's route in the block's place is not the block's") {
  Snapshot node = Asked(WithoutLocalBlock(HealthyNode()));
  Route foreign = BlockRoute("192.168.231.0/26", "10.39.1.1");
  foreign.protocol = RTPROT_STATIC;
  AddRoute(node, foreign);
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("Felix's route for the block is as good as BIRD's") {
  Snapshot node = Asked(HealthyNode());
  for (Route& route : *node.routes)
    if (route.type == RTN_BLACKHOLE) route.protocol = 80;
  CHECK(Run(node)->empty());
}

TEST_CASE("a block without workloads may be a service's range, which stays out of the kernel") {
  Snapshot node = Asked(WithoutLocalBlock(HealthyNode()));
  std::erase_if(*node.routes, [](const Route& route) { return route.destination.IsSingleAddress(); });
  CHECK(Run(node)->empty());
}

TEST_CASE("while BIRD recovers, it gives the kernel nothing") {
  Snapshot node = Asked(WithoutLocalBlock(HealthyNode()));
  node.birds[Family::kIpv4].status->recovery = GracefulRestartWait{1, absl::Seconds(100), absl::Seconds(240)};
  CHECK(Run(node)->empty());
}

TEST_CASE("without a tunnel, and while BIRD was not asked, nobody knows this node's blocks") {
  CHECK(Run(WithoutLocalBlock(HealthyNode()))->empty());
}

TEST_CASE("a tunnel's address that was borrowed lies in another node's block") {
  Snapshot node = WithoutLocalBlock(VxlanNode());
  AddRoute(node, VxlanRoute("192.168.231.0/26", "192.168.219.0"));
  CHECK(Run(node)->empty());
}

TEST_CASE("blocks of one address have no route of their own") {
  Snapshot node = WithoutLocalBlock(VxlanNode());
  for (Route& route : *node.routes)
    if (route.link == kVxlanDevice) route.destination.length = 32;
  CHECK(Run(node)->empty());
}

TEST_CASE("a tunnel that leads nowhere shows nothing about blocks") {
  Snapshot node = WithoutLocalBlock(VxlanNode());
  std::erase_if(*node.routes, [](const Route& route) { return route.link == kVxlanDevice; });
  CHECK(Run(node)->empty());
  AddRoute(node, BlockRoute("192.168.36.0/26", "10.39.1.36"));  // not by the tunnel
  CHECK(Run(node)->empty());
}

TEST_CASE("blocks of one family show nothing about the other's") {
  Snapshot node = VxlanNode();
  node.addresses->push_back({*IpAddress::Parse("fd10::231:0"), 128, RT_SCOPE_UNIVERSE, 0, kVxlanDevice});
  CHECK(Run(node)->empty());
}

TEST_CASE("a tunnel's link-local address is in no block") {
  Snapshot node = VxlanNode();
  node.addresses->push_back({*IpAddress::Parse("fe80::1"), 64, RT_SCOPE_LINK, 0, kVxlanDevice});
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, this node's blocks are unknown") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = VxlanNode();
  SECTION("links") { node.links = gone; }
  SECTION("addresses") { node.addresses = gone; }
  SECTION("routes") { node.routes = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
