// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("route_owner_conflict", node); }

// BIRD's route to 192.168.219.0/26 leads to 10.39.1.219; this is another one.
Route SecondRoute(absl::string_view gateway, uint8_t protocol = 80) {
  Route route = BlockRoute("192.168.219.0/26", gateway);
  route.protocol = protocol;
  route.metric = 1024;
  return route;
}

TEST_CASE("one owner for each block is no conflict") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(VxlanNode())->empty());
}

TEST_CASE("BIRD and Felix with different gateways for one block are found") {
  Snapshot node = HealthyNode();
  AddRoute(node, SecondRoute("10.39.1.36"));
  CHECK(*Run(node) == std::vector<FindingText>{{"192.168.219.0/26",
                                                "BIRD's route leads to 10.39.1.219, Felix's to 10.39.1.36",
                                                "",
                                                {"10.39.1.219", "10.39.1.36"}}});
}

TEST_CASE("a block that passes from BIRD to Felix has two routes to one gateway for a while") {
  Snapshot node = HealthyNode();
  Route felix = SecondRoute("10.39.1.219");
  SECTION("by the same interface") {}
  SECTION("by a tunnel") { felix.link = 9; }
  AddRoute(node, felix);
  CHECK(Run(node)->empty());
}

// What BIRD left on a node whose pool was moved to VXLAN, of Calico 3.32 and newer.
Snapshot MovedNode(absl::string_view birds_gateway) {
  Snapshot node = VxlanNode();
  Route left = BlockRoute("192.168.219.0/26", birds_gateway);
  left.metric = 1024;
  AddRoute(node, left);
  return node;
}

TEST_CASE("by VXLAN the same node has another address: only another node is a conflict") {
  CHECK(Run(MovedNode("10.39.1.219"))->empty());
  REQUIRE(Run(MovedNode("10.39.1.36"))->size() == 1);
  CHECK(Run(MovedNode("10.39.1.36"))->front().detail == "BIRD's route leads to 10.39.1.36, Felix's to 10.39.1.219");
}

TEST_CASE("whose a tunnel address is that has no entries nobody knows") {
  Snapshot node = MovedNode("10.39.1.36");
  SECTION("none") { node.fdb->clear(); }
  SECTION("none that can be read") { node.fdb = absl::UnavailableError("netlink is gone"); }
  CHECK(Run(node)->empty());
}

TEST_CASE("owners that share one of several gateways agree") {
  Snapshot node = HealthyNode();
  Route second = SecondRoute("10.39.1.36");
  AddRoute(node, second);
  second.gateway = *IpAddress::Parse("10.39.1.219");
  second.hop = 1;
  AddRoute(node, second);
  CHECK(Run(node)->empty());
}

TEST_CASE("two routes of one owner, or of a third, are no conflict of these two") {
  Snapshot node = HealthyNode();
  SECTION("BIRD's own") { AddRoute(node, SecondRoute("10.39.1.36", RTPROT_BIRD)); }
  SECTION("static") { AddRoute(node, SecondRoute("10.39.1.36", RTPROT_STATIC)); }
  CHECK(Run(node)->empty());
}

TEST_CASE("another table, or another block that begins alike, is another route") {
  Snapshot node = HealthyNode();
  Route other = SecondRoute("10.39.1.36");
  SECTION("table") { other.table = 200; }
  SECTION("length") { other.destination.length = 32; }
  SECTION("blackhole") {
    other.type = RTN_BLACKHOLE;
    other.gateway.reset();
  }
  AddRoute(node, other);
  CHECK(Run(node)->empty());
}

TEST_CASE("while routes cannot be read, their owners are unknown") {
  Snapshot node = HealthyNode();
  node.routes = absl::UnavailableError("netlink is gone");
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
