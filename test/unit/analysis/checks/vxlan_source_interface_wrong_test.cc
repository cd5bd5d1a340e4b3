// SPDX-License-Identifier: Apache-2.0
#include <linux/fib_rules.h>

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

TEST_CASE("three of the other nodes are asked for, as this tunnel's own entries name them") {
  Snapshot node = NodeOfTwoNetworks();
  const int tunnel = LinkNamed(node, "vxlan.calico").index;
  const auto add = [&](int link, std::optional<IpAddress> destination) {
    node.fdb->insert(node.fdb->begin(), {MacAddress{2}, link, NUD_PERMANENT, NTF_SELF, destination});
  };
  add(40, *IpAddress::Parse("203.0.113.40"));  // another tunnel's
  add(tunnel, IpAddress{});
  add(tunnel, std::nullopt);
  add(tunnel, *IpAddress::Parse("10.9.0.15"));
  add(tunnel, *IpAddress::Parse("10.9.0.14"));
  CHECK(Run(node)->front().detail.ends_with("(10.9.0.14, 10.9.0.15, 10.9.0.13)"));
}

TEST_CASE("rules that do not send the tunnel's packets elsewhere change nothing") {
  Snapshot node = NodeOfTwoNetworks();
  node.rules->push_back(LookUp(100, 100));
  Rule& rule = node.rules->back();
  rule.from = *Prefix::Parse("203.0.113.40/32");
  SECTION("of another source") { rule.from = *Prefix::Parse("198.51.100.0/24"); }
  SECTION("of any source") { rule.from = *Prefix::Parse("0.0.0.0/0"); }
  SECTION("of no table") { rule.action = FR_ACT_UNREACHABLE; }
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("a tunnel that is down, eBPF's, or without an address of this node sends as none") {
  Snapshot node = NodeOfTwoNetworks();
  Link& device = LinkNamed(node, "vxlan.calico");
  SECTION("down") { device.up = false; }
  SECTION("flow-based") { device.vxlan->flow_based = true; }
  SECTION("the kernel chooses") { device.vxlan->local.reset(); }
  SECTION("of no interface, which is vxlan_source_address_not_local") {
    device.vxlan->local = *IpAddress::Parse("203.0.113.41");
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("an address that is meant to be reached by any way is not judged") {
  Snapshot node = NodeOfTwoNetworks();
  Link& holder = LinkNamed(node, "ppp0");
  SECTION("of the loopback") { holder.name = "lo"; }
  SECTION("of a dummy") { holder.kind = "dummy"; }
  SECTION("of another tunnel") { holder.role = LinkRole::kTunnel; }
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
  SECTION("by that interface all the same") {
    for (const char* other : {"10.9.0.12", "10.9.0.13"}) {
      Route host = BlockRoute(other, "203.0.113.1");
      host.protocol = RTPROT_STATIC;
      host.link = kPublic;
      AddRoute(node, host);
    }
  }
  SECTION("by two others") {
    Link third = LinkNamed(node, "eth0");
    third.index = 42;
    third.name = "eth1";
    node.links->push_back(third);
    Route host = BlockRoute("10.9.0.12", "10.8.0.1");
    host.protocol = RTPROT_STATIC;
    host.link = 42;
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
