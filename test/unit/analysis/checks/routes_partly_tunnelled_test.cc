// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

constexpr int kTunl0 = 9;

JudgedTexts Run(const Snapshot& node) { return JudgeBy("routes_partly_tunnelled", node); }

std::string NodeAddress(int octet) { return "10.39.1." + std::to_string(octet); }
std::string BlockOf(int octet) { return "192.168." + std::to_string(octet) + ".0/26"; }

void Lead(Snapshot& node, const std::string& block, int octet, bool tunnelled) {
  Route route = BlockRoute(block, NodeAddress(octet));
  if (tunnelled) {
    route.link = kTunl0;
    route.flags = RTNH_F_ONLINK;
  }
  AddRoute(node, route);
}

// This node's five neighbors, in the order of their blocks.
Snapshot IpipNode(std::initializer_list<int> tunnelled, std::initializer_list<int> bare) {
  Snapshot node = HealthyNode();
  std::erase_if(*node.routes, [](const Route& route) { return route.gateway.has_value(); });
  Link tunl0 = WorkloadLink(kTunl0, "tunl0");
  tunl0.kind = "ipip";
  node.links->push_back(tunl0);
  auto& peers = *node.birds[Family::kIpv4].peers;
  peers.clear();
  const auto add = [&](int octet, bool is_tunnelled) {
    peers.push_back(MeshPeer(NodeAddress(octet)));
    peers.back().source_address = *IpAddress::Parse("10.39.1.231");
    Lead(node, BlockOf(octet), octet, is_tunnelled);
  };
  for (int octet : tunnelled) add(octet, true);
  for (int octet : bare) add(octet, false);
  return node;
}

TEST_CASE("nodes of one network that are reached both ways, block by block in turn, are found") {
  CHECK(*Run(IpipNode({22, 35, 51}, {17, 40})) ==
        std::vector<FindingText>{
            {"tunl0",
             "of the nodes on this node's network (10.39.1.231/24) 3 are reached through tunl0 (10.39.1.22, "
             "10.39.1.35, 10.39.1.51) and 2 by eth0 without encapsulation (10.39.1.17, 10.39.1.40), and their blocks "
             "lie between each other's; one half is out of date",
             "",
             {"tunl0", "10.39.1.17", "10.39.1.40"}}});
}

TEST_CASE("five nodes of each half are named, and that there are more is told") {
  CHECK(Run(IpipNode({20, 22, 24, 26, 28}, {21, 23}))
            ->front()
            .detail.find("(10.39.1.20, 10.39.1.22, 10.39.1.24, 10.39.1.26, 10.39.1.28) and 2 by eth0") !=
        std::string::npos);
  CHECK(Run(IpipNode({20, 22, 24, 26, 28, 30}, {21, 23}))
            ->front()
            .detail.find("10.39.1.26, 10.39.1.28, …) and 2 by eth0") != std::string::npos);
}

TEST_CASE("the node's own address is that of a session with a node, or else BIRD's Router ID") {
  Snapshot node = IpipNode({22, 35, 51}, {17, 40});
  std::vector<BgpPeer>& peers = *node.birds[Family::kIpv4].peers;
  std::string& router_id = node.birds[Family::kIpv4].status->router_id;
  SECTION("a session") {
    router_id = "10.99.0.1";
    peers[0].source_address.reset();
    peers.insert(peers.begin(), MeshPeer("10.38.0.1"));
    peers[0].kind = PeerKind::kGlobal;
    peers[0].source_address = *IpAddress::Parse("10.38.0.2");
    CHECK(Run(node)->size() == 1);
  }
  for (BgpPeer& peer : peers) peer.source_address.reset();
  SECTION("the Router ID") { CHECK(Run(node)->size() == 1); }
  router_id.clear();
  CHECK(Run(node)->empty());
}

TEST_CASE("all one way, or no tunnel, is healthy") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(VxlanNode())->empty());
  CHECK(Run(IpipNode({22, 35, 51}, {}))->empty());
  CHECK(Run(IpipNode({}, {22, 35, 51}))->empty());
}

TEST_CASE("pools with and without encapsulation, whose blocks lie apart or lead to the same nodes, are healthy") {
  SECTION("apart") { CHECK(Run(IpipNode({22, 35, 51}, {130, 140}))->empty()); }
  SECTION("one in the middle of the others") { CHECK(Run(IpipNode({16, 63, 130}, {40, 41}))->empty()); }
  SECTION("a node of both") {
    Snapshot node = IpipNode({22, 35, 51}, {17, 40});
    Lead(node, "192.168.99.0/26", 22, false);
    CHECK(Run(node)->empty());
  }
}

TEST_CASE("what CrossSubnet does is healthy: other networks by the tunnel, the node's own without") {
  Snapshot node = IpipNode({22, 35, 51}, {17, 40});
  SECTION("the tunnelled nodes are on another network of the same interface") {
    (*node.addresses)[0].prefix_length = 27;  // 10.39.1.224-255
    for (Route& route : *node.routes)
      if (route.gateway && route.link != kTunl0) route.gateway->bytes[3] |= 224;
  }
  SECTION("routers and other peers are no nodes") {
    for (BgpPeer& peer : *node.birds[Family::kIpv4].peers) peer.kind = PeerKind::kGlobal;
  }
  SECTION("Felix leads past the tunnel what it means so") {
    for (Route& route : *node.routes)
      if (route.gateway && route.link != kTunl0) route.protocol = 80;
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table cannot be read, nobody knows which routes are tunnelled") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = IpipNode({22, 35, 51}, {17, 40});
  SECTION("links") { node.links = gone; }
  SECTION("addresses") { node.addresses = gone; }
  SECTION("routes") { node.routes = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

TEST_CASE("a route of another family by tunl0 is passed over") {
  Snapshot node = IpipNode({22, 35, 51}, {17, 40});
  const JudgedTexts without = Run(node);
  Route route = BlockRoute("10.0.0.0/26", NodeAddress(22));  // RTA_VIA: the gateway is of IPv4
  route.destination = *Prefix::Parse("fd65::/122");
  route.link = kTunl0;
  AddRoute(node, route);
  CHECK(*Run(node) == *without);
}

}  // namespace
}  // namespace caliwatch
