// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("vxlan_route_missing", node); }

// Without its route to n3's block, 10.48.98.0/26.
Snapshot NodeWithoutRoute() {
  Snapshot node = RealNode("vxlan-healthy");
  std::erase_if(*node.routes, [](const Route& route) { return route.gateway == *IpAddress::Parse("10.48.98.0"); });
  return node;
}

Route ToTunnelEnd(Snapshot& node, absl::string_view address) {
  Route route = VxlanRoute(address, address);
  route.gateway.reset();
  route.link = LinkNamed(node, "vxlan.calico").index;
  return route;
}

TEST_CASE("a real node has a route to each node that its tunnel knows") {
  for (const char* name : {"vxlan-healthy", "vxlan-device-missing", "ipip-healthy-n1", "bgp-healthy"})
    CHECK(Run(RealNode(name))->empty());
}

TEST_CASE("a node that the tunnel knows and no route leads to is found") {
  CHECK(
      *Run(NodeWithoutRoute()) ==
      std::vector<FindingText>{{"10.48.98.0",
                                "is the tunnel address of node 10.9.0.13, entered on vxlan.calico, but no route leads "
                                "to a block of that node",
                                "",
                                {"vxlan.calico", "10.48.98.0", "10.9.0.13"}}});
}

TEST_CASE("a node without a block needs no more than a way to its tunnel address") {
  Snapshot node = NodeWithoutRoute();
  SECTION("a route to that alone") { AddRoute(node, ToTunnelEnd(node, "10.48.98.0")); }
  SECTION("borrowed from another node") {
    for (Neighbor& neighbor : *node.neighbors)
      if (neighbor.address == *IpAddress::Parse("10.48.98.0")) neighbor.address = *IpAddress::Parse("10.48.217.9");
  }
  SECTION("borrowed from this node") {
    for (Neighbor& neighbor : *node.neighbors)
      if (neighbor.address == *IpAddress::Parse("10.48.98.0")) neighbor.address = *IpAddress::Parse("10.48.40.190");
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("within a subnet, the route leads to the node itself") {
  Snapshot node = NodeWithoutRoute();
  Route route = BlockRoute("10.48.98.0/26", "10.9.0.13");
  route.protocol = 80;
  AddRoute(node, route);
  CHECK(Run(node)->empty());
}

TEST_CASE("a tunnel address of a pool for tunnels alone lies in no block: a route leads there, or to its node") {
  Snapshot node = RealNode("vxlan-healthy");
  const IpAddress of_block = *IpAddress::Parse("10.48.98.0"), of_tunnels = *IpAddress::Parse("10.99.0.1");
  for (Neighbor& neighbor : *node.neighbors)
    if (neighbor.address == of_block) neighbor.address = of_tunnels;
  for (Route& route : *node.routes)
    if (route.gateway == of_block) route.gateway = of_tunnels;
  SECTION("there, though another tunnel knows its MAC address as another node's") {
    Link other = LinkNamed(node, "vxlan.calico");
    other.index = 40;
    other.name = "vxlan-v6.calico";
    node.links->push_back(other);
    node.fdb->push_back(
        {*NeighborOf(node, "10.99.0.1").mac, 40, NUD_PERMANENT, NTF_SELF, *IpAddress::Parse("fd39::13")});
  }
  SECTION("to its node") {
    for (Route& route : *node.routes)
      if (route.gateway == of_tunnels) {
        route = BlockRoute("10.48.98.0/26", "10.9.0.13");
        route.protocol = 80;
      }
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("a session with the node is no way to its pods, and another program's tunnel none of Calico's") {
  Snapshot node = NodeWithoutRoute();
  node.birds = HealthyNode().birds;
  node.birds[Family::kIpv4].peers->push_back(MeshPeer("10.9.0.13"));
  Link flannel = LinkNamed(node, "vxlan.calico");
  flannel.index = 40;
  flannel.name = "flannel.1";
  flannel.role = LinkRole::kHost;
  node.links->push_back(flannel);
  node.neighbors->push_back(NeighborEntry("10.48.99.0", 40, NUD_PERMANENT));
  node.fdb->push_back({*node.neighbors->back().mac, 40, NUD_PERMANENT, NTF_SELF, *IpAddress::Parse("10.9.0.14")});
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "10.48.98.0");
}

TEST_CASE("what the tunnel does not wholly know is another check's") {
  Snapshot node = NodeWithoutRoute();
  REQUIRE(Run(node)->size() == 1);
  SECTION("no MAC address") { NeighborOf(node, "10.48.98.0").mac.reset(); }
  SECTION("failed") { NeighborOf(node, "10.48.98.0").state = NUD_FAILED; }
  SECTION("no entry in the FDB at all") { node.fdb->clear(); }
  SECTION("one that names no node") {
    for (FdbEntry& entry : *node.fdb)
      if (entry.destination == *IpAddress::Parse("10.9.0.13")) entry.destination = IpAddress{};
  }
  SECTION("no entry in the FDB") {
    std::erase_if(*node.fdb, [](const FdbEntry& row) { return row.destination == *IpAddress::Parse("10.9.0.13"); });
  }
  SECTION("a device that is down") { LinkNamed(node, "vxlan.calico").up = false; }
  SECTION("eBPF") { SwitchToEbpf(node); }
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, routes of the tunnel are unknown") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = NodeWithoutRoute();
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  SECTION("neighbors") { node.neighbors = gone; }
  SECTION("fdb") { node.fdb = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
