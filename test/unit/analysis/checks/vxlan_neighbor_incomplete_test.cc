// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("vxlan_neighbor_incomplete", node); }

Snapshot WithoutNeighbor(absl::string_view address) {
  Snapshot node = VxlanNode();
  std::erase_if(*node.neighbors, [&](const Neighbor& row) { return row.address == *IpAddress::Parse(address); });
  return node;
}

TEST_CASE("a node without VXLAN has no neighbors to miss there, and one with it has them all") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(VxlanNode())->empty());
}

TEST_CASE("a real node has them all, and one that is taken out is missed") {
  Snapshot node = RealNode("vxlan-healthy");
  CHECK(Run(node)->empty());
  std::erase_if(*node.neighbors, [](const Neighbor& row) { return row.address == *IpAddress::Parse("10.48.98.0"); });
  CHECK(*Run(node) == std::vector<FindingText>{{"10.48.98.0",
                                                "has no neighbor entry on vxlan.calico; 10.48.98.0/26 leads to it",
                                                "",
                                                {"vxlan.calico", "10.48.98.0"}}});
}

TEST_CASE("a route to a tunnel address alone needs its neighbor as well") {
  Snapshot node = VxlanNode();
  Route alone = VxlanRoute("192.168.99.1", "192.168.99.1");
  alone.gateway.reset();
  AddRoute(node, alone);
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail == "has no neighbor entry on vxlan.calico; none of its blocks is known");
}

TEST_CASE("a tunnel address that routes lead to, but that has no neighbor entry, is found") {
  CHECK(*Run(WithoutNeighbor("192.168.219.0")) ==
        std::vector<FindingText>{{"192.168.219.0",
                                  "has no neighbor entry on vxlan.calico; 192.168.219.0/26 leads to it",
                                  "",
                                  {"vxlan.calico", "192.168.219.0"}}});
}

TEST_CASE("a node with several blocks is one finding") {
  Snapshot node = WithoutNeighbor("192.168.219.0");
  for (absl::string_view block : {"192.168.219.64/26", "192.168.219.128/26", "192.168.219.192/26"})
    AddRoute(node, VxlanRoute(block, "192.168.219.0"));
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail ==
        "has no neighbor entry on vxlan.calico; 4 blocks lead to it: 192.168.219.0/26, 192.168.219.64/26, "
        "192.168.219.128/26, …");
}

TEST_CASE("a neighbor entry that failed is as good as none") {
  Snapshot node = VxlanNode();
  NeighborOf(node, "192.168.36.0").state = NUD_FAILED;
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail ==
        "has a neighbor entry that is failed on vxlan.calico; 192.168.36.0/26 leads to it");
}

TEST_CASE("a neighbor entry needs a MAC address") {
  Snapshot node = VxlanNode();
  NeighborOf(node, "192.168.36.0").mac.reset();
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail ==
        "has a neighbor entry without MAC address on vxlan.calico; 192.168.36.0/26 leads to it");
}

TEST_CASE("an entry on another interface, or a proxy's, does not count") {
  Snapshot node = VxlanNode();
  SECTION("another interface") { NeighborOf(node, "192.168.36.0").link = kVxlanEth0; }
  SECTION("proxy") { NeighborOf(node, "192.168.36.0").flags = NTF_PROXY; }
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "192.168.36.0");
}

TEST_CASE("a proxy entry beside the neighbor's own changes nothing") {
  Snapshot node = VxlanNode();
  node.neighbors->push_back(NeighborOf(node, "192.168.36.0"));
  node.neighbors->back().flags = NTF_PROXY;
  CHECK(Run(node)->empty());
}

TEST_CASE("IPv6 has a device of its own") {
  Snapshot node = VxlanNode();
  node.links->push_back(WorkloadLink(11, "vxlan-v6.calico"));
  Route route = VxlanRoute("fd10::219:0/122", "fd10::219:0");
  route.link = 11;
  AddRoute(node, route);
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().related == std::vector<std::string>{"vxlan-v6.calico", "fd10::219:0"});
}

TEST_CASE("what leads elsewhere, or is not Calico's, needs no neighbor on the VXLAN device") {
  Snapshot node = VxlanNode();
  Route foreign = VxlanRoute("172.16.0.0/16", "172.16.0.1");
  foreign.protocol = RTPROT_STATIC;
  AddRoute(node, foreign);
  AddRoute(node, BlockRoute("192.168.7.0/26", "10.39.1.7"));
  CHECK(Run(node)->empty());
}

TEST_CASE("a VXLAN device that is down, or eBPF's, is not judged by its neighbors") {
  Snapshot node = WithoutNeighbor("192.168.219.0");
  SECTION("down") { LinkNamed(node, "vxlan.calico").up = false; }
  SECTION("eBPF") { SwitchToEbpf(node); }
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, VXLAN neighbors are unknown rather than complete") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = VxlanNode();
  SECTION("neighbors") { node.neighbors = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
