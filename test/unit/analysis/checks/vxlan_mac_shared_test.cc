// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("vxlan_mac_shared", node); }

TEST_CASE("real nodes have one MAC address each") {
  CHECK(Run(RealNode("vxlan-healthy"))->empty());
  CHECK(Run(RealNode("ipip-healthy-n1"))->empty());
}

TEST_CASE("two tunnel addresses with one MAC address are found") {
  Snapshot node = RealNode("vxlan-healthy");
  NeighborOf(node, "10.48.217.0").mac = NeighborOf(node, "10.48.98.0").mac;
  CHECK(*Run(node) ==
        std::vector<FindingText>{{"10.48.98.0",
                                  "has one MAC address with others (10.48.98.0, 10.48.217.0), 66:26:c2:ce:28:d0 on "
                                  "vxlan.calico: packets to all of them go to 10.9.0.13",
                                  "",
                                  {"vxlan.calico", "10.48.98.0", "10.48.217.0"}}});
}

TEST_CASE("a node with this one's own MAC address is found") {
  Snapshot node = RealNode("vxlan-healthy");
  NeighborOf(node, "10.48.217.0").mac = LinkNamed(node, "vxlan.calico").mac;
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "10.48.217.0");
  CHECK(Run(node)->front().detail.find("this node's own") != std::string::npos);
}

// The kernel refuses a second entry for one MAC address of one device, so that no recording can have it.
TEST_CASE("one MAC address at two nodes is found") {
  Snapshot node = RealNode("vxlan-healthy");
  node.fdb->push_back({*NeighborOf(node, "10.48.98.0").mac, LinkNamed(node, "vxlan.calico").index, NUD_PERMANENT,
                       NTF_SELF, *IpAddress::Parse("10.9.0.14")});
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail ==
        "has the MAC address 66:26:c2:ce:28:d0 on vxlan.calico, for which the FDB has several nodes: 10.9.0.13, "
        "10.9.0.14");
}

TEST_CASE("an entry that no route needs, or that cannot be used, shares nothing") {
  Snapshot node = RealNode("vxlan-healthy");
  Neighbor former = NeighborOf(node, "10.48.98.0");
  SECTION("a former tunnel address of the node") { former.address = *IpAddress::Parse("10.48.98.7"); }
  SECTION("failed") {
    former.address = *IpAddress::Parse("10.48.217.0");
    former.state = NUD_FAILED;
  }
  node.neighbors->push_back(former);
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, MAC addresses are unknown") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = RealNode("vxlan-healthy");
  SECTION("fdb") { node.fdb = gone; }
  SECTION("neighbors") { node.neighbors = gone; }
  SECTION("routes") { node.routes = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
