// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("block_overlaps_network", node); }

Route HostNetwork(absl::string_view network, int link = 2) {
  Route route;
  route.destination = *Prefix::Parse(network);
  route.link = link;
  route.protocol = RTPROT_KERNEL;
  route.scope = RT_SCOPE_LINK;
  return route;
}

Snapshot With(const Route& route) {
  Snapshot node = HealthyNode();
  AddRoute(node, HostNetwork("10.39.1.0/24"));
  AddRoute(node, route);
  return node;
}

TEST_CASE("blocks apart from all networks of the host are well") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(VxlanNode())->empty());
  CHECK(Run(With(HostNetwork("172.17.0.0/16")))->empty());
}

TEST_CASE("a block in a network of the host, and a network of the host in a block, overlap") {
  CHECK(*Run(With(BlockRoute("10.39.1.64/26", "10.39.1.36"))) ==
        std::vector<FindingText>{{"10.39.1.64/26",
                                  "is a block of pod addresses, and overlaps 10.39.1.0/24, a network of this host at "
                                  "eth0",
                                  "",
                                  {"10.39.1.0/24"}}});
  CHECK(Run(With(HostNetwork("192.168.36.16/28")))->size() == 1);
  CHECK(Run(With(HostNetwork("192.160.0.0/11")))->size() == 3);  // the node's own block, too
}

TEST_CASE("a block that holds a peer or the gateway is told by that address") {
  const JudgedTexts peer = Run(With(BlockRoute("10.39.1.192/26", "10.39.1.36")));
  REQUIRE(peer->size() == 1);
  CHECK(peer->front().detail.find("holds 10.39.1.219, the address of another node or BGP peer") != std::string::npos);
  CHECK(peer->front().related == std::vector<std::string>{"10.39.1.219"});

  Route way = BlockRoute("0.0.0.0/0", "172.20.0.1");
  way.protocol = RTPROT_STATIC;
  Snapshot node = With(way);
  AddRoute(node, BlockRoute("172.20.0.0/26", "10.39.1.36"));
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail.find("holds 172.20.0.1, the gateway of a default route") != std::string::npos);
}

TEST_CASE("so is one that holds a node behind a tunnel, where forwarding entries tell its address") {
  Snapshot node = VxlanNode();
  AddRoute(node, HostNetwork("10.39.1.0/24"));
  AddRoute(node, VxlanRoute("10.39.1.32/27", "192.168.219.0"));
  CHECK(Run(node)->front().detail.find("holds 10.39.1.36, the address of another node") != std::string::npos);
  SECTION("none does") { node.fdb->clear(); }
  SECTION("they cannot be read") { node.fdb = absl::UnavailableError("netlink is gone"); }
  CHECK(Run(node)->front().detail.find("overlaps 10.39.1.0/24, a network of this host") != std::string::npos);
}

TEST_CASE("a workload that speaks BGP is in a block by right, and a peer without an address in none") {
  Snapshot node = HealthyNode();
  std::vector<BgpPeer>& peers = *node.birds[Family::kIpv4].peers;
  SECTION("a workload") {
    peers.push_back(MeshPeer("192.168.231.1"));
    peers.back().kind = PeerKind::kLocalWorkload;
  }
  SECTION("no address") { peers.back().address.reset(); }
  CHECK(Run(node)->empty());
}

TEST_CASE("what routers announce in place of the hosts' networks, single addresses and other tables are no blocks") {
  SECTION("a network of racks") { CHECK(Run(With(BlockRoute("10.39.0.0/16", "10.39.1.36")))->empty()); }
  SECTION("the network of one rack, from a router") {
    Snapshot node = With(BlockRoute("10.39.2.0/24", "10.39.1.1"));
    node.birds[Family::kIpv4].peers->push_back(MeshPeer("10.39.2.7"));
    node.birds[Family::kIpv4].peers->push_back(MeshPeer("10.39.1.1"));
    node.birds[Family::kIpv4].peers->back().kind = PeerKind::kGlobal;
    CHECK(Run(node)->empty());
  }
  SECTION("one address") { CHECK(Run(With(BlockRoute("10.39.1.77/32", "10.39.1.36")))->empty()); }
  SECTION("another table") {
    Route route = BlockRoute("10.39.1.64/26", "10.39.1.36");
    route.table = 100;
    CHECK(Run(With(route))->empty());
  }
  SECTION("a workload's own network") { CHECK(Run(With(HostNetwork("192.168.36.16/28", 5)))->empty()); }
}

TEST_CASE("IPv6 blocks are compared with IPv6 networks, long and short ones") {
  Route block = BlockRoute("fd10::12:0/122", "fd39:1::12");
  block.protocol = 80;
  Snapshot node = With(HostNetwork("fd10::/64"));
  AddRoute(node, block);
  CHECK(Run(node)->size() == 1);
  Snapshot apart = With(HostNetwork("fd11::/64"));
  AddRoute(apart, block);
  CHECK(Run(apart)->empty());
  AddRoute(apart, HostNetwork("fd10::/32"));
  CHECK(Run(apart)->size() == 1);
}

TEST_CASE("while a table cannot be read, nobody knows whether a block overlaps a network") {
  Snapshot node = HealthyNode();
  SECTION("routes") { node.routes = absl::UnavailableError("netlink is gone"); }
  SECTION("links") { node.links = absl::UnavailableError("netlink is gone"); }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
