// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/remote_nodes.h"

#include <linux/fib_rules.h>

#include "test/support/catch.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

// A row in short: "direct 10.39.1.36 1+0 bird Mesh_10_39_1_36 lacks session".
std::string LineOf(const RemoteNode& node) {
  std::string line(ToString(node.way));
  line += " " + (node.address ? node.address->ToString() : "?");
  if (node.tunnel_address) line += " at " + node.tunnel_address->ToString();
  line += " " + std::to_string(node.blocks) + "+" + std::to_string(node.hosts);
  if (node.by_bird) line += " bird";
  if (node.by_felix) line += " felix";
  if (!node.protocol.empty()) line += " " + node.protocol;
  for (const NodeLack lack : node.lacks) line += " lacks " + std::string(ToString(lack));
  return line;
}

using Lines = std::vector<std::string>;

Lines LinesOf(const Snapshot& node) {
  const absl::StatusOr<RemoteNodes> nodes = RemoteNodesOf(node);
  REQUIRE(nodes.ok());
  Lines lines;
  for (const RemoteNode& row : nodes->rows) lines.push_back(LineOf(row));
  return lines;
}

Snapshot BgpNode() {
  Snapshot node = HealthyNode();
  Route connected;
  connected.destination = *Prefix::Parse("10.39.1.0/24");
  connected.link = kVxlanEth0;
  connected.protocol = RTPROT_KERNEL;
  AddRoute(node, connected);
  return node;
}

Link& AddTunnel(Snapshot& node, const char* name, const char* kind) {
  node.links->push_back(WorkloadLink(20, name));
  node.links->back().kind = kind;
  return node.links->back();
}

TEST_CASE("a mesh of BGP sessions shows each node with its block and its session") {
  CHECK(LinesOf(BgpNode()) ==
        Lines{"direct 10.39.1.36 1+0 bird Mesh_10_39_1_36", "direct 10.39.1.219 1+0 bird Mesh_10_39_1_219"});
}

TEST_CASE("a borrowed address is a host route of the node that it is at") {
  Snapshot node = BgpNode();
  AddRoute(node, BlockRoute("192.168.36.200", "10.39.1.219"));
  CHECK(LinesOf(node)[1] == "direct 10.39.1.219 1+1 bird Mesh_10_39_1_219");
}

TEST_CASE("a session that is down and a node that no route leads to are told") {
  Snapshot node = BgpNode();
  auto& peers = *node.birds[Family::kIpv4].peers;
  peers[0].bgp_state = BgpState::kActive;
  peers.push_back(MeshPeer("10.39.1.50"));
  CHECK(LinesOf(node) == Lines{"direct 10.39.1.36 1+0 bird Mesh_10_39_1_36",
                               "direct 10.39.1.219 1+0 bird Mesh_10_39_1_219 lacks session",
                               "none 10.39.1.50 0+0 Mesh_10_39_1_50"});
}

TEST_CASE("a node beyond the networks that table main knows lacks its underlay") {
  Snapshot node = BgpNode();
  std::erase_if(*node.routes, [](const Route& route) { return route.destination.IsDefault(); });
  AddRoute(node, BlockRoute("192.168.77.0/26", "172.16.0.9"));
  CHECK(LinesOf(node)[2] == "direct 172.16.0.9 1+0 bird lacks underlay");
  AddRoute(node, BlockRoute("172.16.0.0/24", "10.39.1.36"));
  CHECK(LinesOf(node)[2] == "direct 172.16.0.9 1+0 bird");
}

TEST_CASE("by tunl0 a node is reached by IPIP, and a device that is down is lacking") {
  Snapshot node = BgpNode();
  Link& tunnel = AddTunnel(node, "tunl0", "ipip");
  for (Route& route : *node.routes)
    if (route.gateway) route.link = tunnel.index;
  CHECK(LinesOf(node)[0] == "ipip 10.39.1.36 1+0 bird Mesh_10_39_1_36");
  tunnel.up = false;
  CHECK(LinesOf(node)[0] == "ipip 10.39.1.36 1+0 bird Mesh_10_39_1_36 lacks device");
}

TEST_CASE("by VXLAN a node is found behind its tunnel address, whoever's protocol the route has") {
  Snapshot node = VxlanNode();
  const Lines healthy = {"vxlan 10.39.1.36 at 192.168.36.0 1+0 felix", "vxlan 10.39.1.219 at 192.168.219.0 1+0 felix"};
  CHECK(LinesOf(node) == healthy);
  for (Route& route : *node.routes)
    if (route.link == kVxlanDevice) route.protocol = 80;
  CHECK(LinesOf(node) == healthy);
  SECTION("the network of the device's own link-local address leads nowhere") {
    Route own = VxlanRoute("fe80::/64", "fe80::1");
    own.gateway.reset();
    own.protocol = RTPROT_KERNEL;
    AddRoute(node, own);
    CHECK(LinesOf(node) == healthy);
  }
  SECTION("a tunnel address of another node's block has a route of its own") {
    Route borrowed = VxlanRoute("192.168.36.0", "192.168.36.0");
    borrowed.gateway.reset();
    AddRoute(node, borrowed);
    CHECK(LinesOf(node)[0] == "vxlan 10.39.1.36 at 192.168.36.0 1+1 felix");
  }
  SECTION("without a usable neighbor entry") {
    NeighborOf(node, "192.168.36.0").state = NUD_FAILED;
    CHECK(LinesOf(node)[0] == "vxlan ? at 192.168.36.0 1+0 felix lacks neighbor");
  }
  SECTION("without a forwarding entry") {
    node.fdb->erase(node.fdb->begin());
    CHECK(LinesOf(node)[0] == "vxlan ? at 192.168.36.0 1+0 felix lacks fdb");
  }
  SECTION("with one that leads where no route does") {
    node.fdb->front().destination = *IpAddress::Parse("198.51.100.7");
    std::erase_if(*node.routes, [](const Route& route) { return route.destination.IsDefault(); });
    CHECK(LinesOf(node)[1] == "vxlan 198.51.100.7 at 192.168.36.0 1+0 felix lacks underlay");
  }
  SECTION("with the device down") {
    LinkNamed(node, "vxlan.calico").up = false;
    CHECK(LinesOf(node)[0] == "vxlan 10.39.1.36 at 192.168.36.0 1+0 felix lacks device");
  }
  SECTION("a flow-based device needs no entries, and tells nothing of nodes") {
    LinkNamed(node, "vxlan.calico").vxlan = VxlanSettings{.flow_based = true};
    CHECK(LinesOf(node).empty());
  }
}

TEST_CASE("what WireGuard's rule takes before table main is reached by WireGuard") {
  Snapshot node = BgpNode();
  const int device = AddTunnel(node, "wireguard.cali", "wireguard").index;
  Route route = BlockRoute("192.168.36.0/26", "10.39.1.36");
  route.gateway.reset();
  route.table = 1;
  route.link = device;
  AddRoute(node, route);
  CHECK(LinesOf(node)[0] == "direct 10.39.1.36 1+0 bird Mesh_10_39_1_36");
  Rule rule;
  rule.priority = 99;
  rule.table = 1;
  rule.action = FR_ACT_TO_TBL;
  rule.inverted = true;
  rule.mark = rule.mask = 0x100000;
  node.rules = std::vector<Rule>{rule};
  CHECK(LinesOf(node) ==
        Lines{"direct 10.39.1.219 1+0 bird Mesh_10_39_1_219", "wireguard 10.39.1.36 1+0 bird Mesh_10_39_1_36"});
}

TEST_CASE("of many blocks of one node the first three are named") {
  Snapshot node = BgpNode();
  for (int block = 0; block < 5; ++block)
    AddRoute(node, BlockRoute("172.16." + std::to_string(block) + ".0/26", "10.39.1.36"));
  const absl::StatusOr<RemoteNodes> nodes = RemoteNodesOf(node);
  const RemoteNode& first = nodes->rows.front();
  CHECK(first.blocks == 6);
  CHECK(first.first_blocks.size() == RemoteNode::kNamedBlocks);
  CHECK(first.first_blocks.front() == *Prefix::Parse("172.16.0.0/26"));
}

TEST_CASE("other nodes are unknown where one of their tables is") {
  Snapshot node = VxlanNode();
  const absl::Status gone = absl::UnavailableError("gone");
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  SECTION("neighbors") { node.neighbors = gone; }
  SECTION("fdb") { node.fdb = gone; }
  CHECK(RemoteNodesOf(node).status() == gone);
}

}  // namespace
}  // namespace caliwatch
