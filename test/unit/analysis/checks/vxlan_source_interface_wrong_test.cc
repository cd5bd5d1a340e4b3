// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("vxlan_source_interface_wrong", node); }

constexpr int kPublic = 41;

Snapshot WithRules(Snapshot node) {
  node.rules = std::vector<Rule>{LookUp(32766, RT_TABLE_MAIN)};
  return node;
}

// The real node with a second interface, whose address Calico took for the node's.
Snapshot NodeOfTwoNetworks() {
  Snapshot node = WithRules(RealNode("vxlan-healthy"));
  Link link = LinkNamed(node, "eth0");
  link.index = kPublic;
  link.name = "ppp0";
  node.links->push_back(link);
  node.addresses->push_back({*IpAddress::Parse("203.0.113.40"), 32, RT_SCOPE_UNIVERSE, 0, kPublic});
  LinkNamed(node, "vxlan.calico").vxlan->local = *IpAddress::Parse("203.0.113.40");
  return node;
}

TEST_CASE("a real node's tunnel sends as the address of the interface that leads to the others") {
  CHECK(Run(RealNode("vxlan-healthy"))->empty());
  CHECK(Run(WithRules(RealNode("vxlan-healthy")))->empty());
}

TEST_CASE("the address of another interface is found") {
  REQUIRE(Run(NodeOfTwoNetworks())->size() == 1);
  const FindingText found = Run(NodeOfTwoNetworks())->front();
  CHECK(found.subject == "vxlan.calico");
  CHECK(found.detail ==
        "sends as 203.0.113.40, the address of ppp0, but eth0 leads to the other nodes (10.9.0.13, 10.9.0.12)");
  CHECK(found.remedy.find("IP_AUTODETECTION_METHOD=interface=eth0") != std::string::npos);
  CHECK(found.related == std::vector<std::string>{"vxlan.calico", "203.0.113.40"});
}

TEST_CASE("an address that is meant to be reached by any way is not judged") {
  Snapshot node = NodeOfTwoNetworks();
  Link& holder = LinkNamed(node, "ppp0");
  SECTION("of the loopback") { holder.name = "lo"; }
  SECTION("of a dummy") { holder.kind = "dummy"; }
  SECTION("of the bridge above the interface") { LinkNamed(node, "eth0").master = kPublic; }
  SECTION("of a port of the interface") { holder.master = LinkNamed(node, "eth0").index; }
  SECTION("routed by its source") {
    node.rules->push_back(LookUp(100, 100));
    node.rules->back().from = *Prefix::Parse("203.0.113.40/32");
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("other nodes on the network of that interface, or on no one interface, prove nothing") {
  Snapshot node = NodeOfTwoNetworks();
  SECTION("on its network") {
    node.addresses->push_back({*IpAddress::Parse("10.9.0.111"), 24, RT_SCOPE_UNIVERSE, 0, kPublic});
  }
  SECTION("by both") {
    Route host = BlockRoute("10.9.0.12", "203.0.113.1");
    host.protocol = RTPROT_STATIC;
    host.link = kPublic;
    AddRoute(node, host);
  }
  SECTION("by none") {
    std::erase_if(*node.routes, [](const Route& route) { return route.protocol != RTPROT_BOOT || route.gateway; });
  }
  SECTION("nobody") { node.fdb->clear(); }
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, the tunnel's interface is unknown") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = NodeOfTwoNetworks();
  SECTION("links") { node.links = gone; }
  SECTION("addresses") { node.addresses = gone; }
  SECTION("routes") { node.routes = gone; }
  SECTION("rules") { node.rules = gone; }
  SECTION("fdb") { node.fdb = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
