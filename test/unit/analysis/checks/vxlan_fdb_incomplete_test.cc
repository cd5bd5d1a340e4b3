// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("vxlan_fdb_incomplete", node); }

// VxlanNode's entry for the node that has the block 192.168.36.0/26.
FdbEntry& EntryOf36(Snapshot& node) { return node.fdb->front(); }

TEST_CASE("a node without VXLAN has no FDB entries to miss, and one with it has them all") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(VxlanNode())->empty());
}

TEST_CASE("a real node's FDB has them all, and one that is taken out is missed") {
  Snapshot node = RealNode("vxlan-healthy");
  CHECK(Run(node)->empty());
  std::erase_if(*node.fdb, [](const FdbEntry& row) { return row.destination == *IpAddress::Parse("10.9.0.13"); });
  CHECK(*Run(node) ==
        std::vector<FindingText>{{"10.48.98.0",
                                  "has the MAC address 66:26:c2:ce:28:d0, for which vxlan.calico has no node in its "
                                  "FDB; 10.48.98.0/26 leads to it",
                                  "",
                                  {"vxlan.calico", "10.48.98.0"}}});
}

TEST_CASE("a neighbor's MAC address that the FDB does not know is found") {
  Snapshot node = VxlanNode();
  node.fdb->erase(node.fdb->begin());
  CHECK(*Run(node) ==
        std::vector<FindingText>{{"192.168.36.0",
                                  "has the MAC address 66:00:0a:27:04:24, for which vxlan.calico has no node "
                                  "in its FDB; 192.168.36.0/26 leads to it",
                                  "",
                                  {"vxlan.calico", "192.168.36.0"}}});
}

TEST_CASE("an entry for another MAC address, on another device, or without a node does not count") {
  Snapshot node = VxlanNode();
  SECTION("another MAC address") { EntryOf36(node).mac[5] = 1; }
  SECTION("another device") { EntryOf36(node).link = kVxlanEth0; }
  SECTION("no destination") { EntryOf36(node).destination.reset(); }
  SECTION("destination 0.0.0.0") { EntryOf36(node).destination = IpAddress{}; }
  SECTION("a bridge's own entry") { EntryOf36(node).flags = NTF_MASTER; }
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "192.168.36.0");
}

TEST_CASE("where the neighbor itself is missing, the FDB is not blamed") {
  Snapshot node = VxlanNode();
  node.fdb->clear();
  SECTION("no entry") {
    std::erase_if(*node.neighbors, [](const Neighbor& row) { return row.link == kVxlanDevice; });
  }
  SECTION("failed") {
    for (Neighbor& neighbor : *node.neighbors) neighbor.state = NUD_FAILED;
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("a VXLAN device that is down, or eBPF's, is not judged by its FDB") {
  Snapshot node = VxlanNode();
  node.fdb->clear();
  REQUIRE(Run(node)->size() == 2);
  SECTION("down") { LinkNamed(node, "vxlan.calico").up = false; }
  SECTION("eBPF") { SwitchToEbpf(node); }
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, the FDB is unknown rather than complete") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = VxlanNode();
  SECTION("fdb") { node.fdb = gone; }
  SECTION("neighbors") { node.neighbors = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
