// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("wireguard_incomplete", node); }

constexpr int kDevice = 40;
constexpr uint32_t kTable = 1;

// A real node without encapsulation, and what Felix' source says that WireGuard adds: no recorded node has it.
Snapshot EncryptedNode() {
  Snapshot node = RealNode("bgp-healthy");
  Link device = LinkNamed(node, "eth0");
  device.index = kDevice;
  device.name = "wireguard.cali";
  device.kind = "wireguard";
  device.role = LinkRole::kTunnel;
  node.links->push_back(device);
  node.addresses->push_back({*IpAddress::Parse("10.48.40.190"), 32, RT_SCOPE_UNIVERSE, 0, kDevice});
  Rule rule = LookUp(99, kTable);
  rule.inverted = true;
  rule.mark = rule.mask = 0x100000;
  node.rules = std::vector<Rule>{rule, LookUp(32766, RT_TABLE_MAIN)};
  for (const char* block : {"10.48.98.0/26", "10.48.217.0/26"}) {
    Route route;
    route.destination = *Prefix::Parse(block);
    route.table = kTable;
    route.link = kDevice;
    route.scope = RT_SCOPE_LINK;
    AddRoute(node, route);
  }
  return node;
}

void EmptyTable(Snapshot& node) {
  std::erase_if(*node.routes, [](const Route& route) { return route.table == kTable; });
}

std::string DetailOf(const Snapshot& node) {
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "wireguard.cali");
  return Run(node)->front().detail;
}

TEST_CASE("a node with all of WireGuard, or with none of it, lacks nothing") {
  CHECK(Run(EncryptedNode())->empty());
  Snapshot node = EncryptedNode();
  EmptyTable(node);
  node.rules->erase(node.rules->begin());
  Remove(node, "wireguard.cali");
  CHECK(Run(node)->empty());
}

TEST_CASE("a rule without the interface is found") {
  Snapshot node = EncryptedNode();
  Remove(node, "wireguard.cali");
  CHECK(DetailOf(node) ==
        "is missing, though rule 99 sends pods' packets to its table, 1: they go on without encryption");
}

TEST_CASE("an interface without the rule is found") {
  Snapshot node = EncryptedNode();
  node.rules->erase(node.rules->begin());
  CHECK(DetailOf(node) == "is up, but no policy rule sends packets to it: they go without encryption");
}

TEST_CASE("an empty table is found") {
  Snapshot node = EncryptedNode();
  EmptyTable(node);
  CHECK(DetailOf(node) == "is up, but table 1, which rule 99 names, has no route: packets go on without encryption");
}

TEST_CASE("nodes without a key are thrown back to table main") {
  Snapshot node = EncryptedNode();
  for (Route& route : *node.routes)
    if (route.table == kTable) route.type = RTN_THROW, route.link = 0;
  CHECK(Run(node)->empty());
}

TEST_CASE("an interface without an address is found, unless another plugin gives pods their addresses") {
  Snapshot node = EncryptedNode();
  TakeAddress(node, "wireguard.cali");
  CHECK(DetailOf(node) == "is up, but has no address; with it, the kernel dropped the routes through it");
  node = EncryptedNode();
  std::erase_if(*node.addresses, [](const Address& row) { return row.link == kDevice; });
  std::erase_if(*node.routes, [](const Route& route) { return route.type == RTN_BLACKHOLE; });
  CHECK(Run(node)->empty());
}

TEST_CASE("a node alone needs neither rule nor table, and a device that is down is another check's") {
  Snapshot node = EncryptedNode();
  node.rules->erase(node.rules->begin());
  SECTION("alone") {
    std::erase_if(*node.routes, [](const Route& route) { return route.gateway.has_value(); });
  }
  SECTION("down") { LinkNamed(node, "wireguard.cali").up = false; }
  CHECK(Run(node)->empty());
}

TEST_CASE("IPv6 has an interface, a rule and a table of its own") {
  Snapshot node = EncryptedNode();
  node.rules->push_back(node.rules->front());
  node.rules->back().family = Family::kIpv6;
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "wg-v6.cali");
}

TEST_CASE("while a table is missing, WireGuard is unknown") {
  CHECK(absl::IsNotFound(Run(RealNode("bgp-healthy")).status()));
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = EncryptedNode();
  SECTION("links") { node.links = gone; }
  SECTION("addresses") { node.addresses = gone; }
  SECTION("rules") { node.rules = gone; }
  SECTION("routes") { node.routes = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
