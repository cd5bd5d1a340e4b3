// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/policy_rules.h"

#include <linux/fib_rules.h>

#include "test/support/catch.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

constexpr uint32_t kTheirs = 52;

Snapshot NodeWith(const Rule& rule, absl::string_view destination) {
  Snapshot node = RealNode("vxlan-healthy");
  node.rules = std::vector<Rule>{LookUp(0, RT_TABLE_LOCAL), rule, LookUp(32766, RT_TABLE_MAIN), LookUp(32767, 253)};
  Route theirs;
  theirs.destination = *Prefix::Parse(destination);
  theirs.table = kTheirs;
  theirs.link = 2;
  AddRoute(node, theirs);
  return node;
}

std::vector<RuleDetour> DetoursOf(const Snapshot& node) {
  return RuleDetours(*node.rules, *node.routes, LinkIndex(*node.links));
}

TEST_CASE("a rule before main takes the blocks that a route of its table covers") {
  const Snapshot node = NodeWith(LookUp(5270, kTheirs), "10.48.0.0/16");
  const std::vector<RuleDetour> detours = DetoursOf(node);
  REQUIRE(detours.size() == 1);
  CHECK(detours[0].rule->priority == 5270);
  CHECK(detours[0].route->destination.ToString() == "10.48.0.0/16");
  CHECK(detours[0].blocks == 3);  // two of others, and this node's own
  CHECK(detours[0].first_block.ToString() == "10.48.40.128/26");
}

TEST_CASE("a default route takes all, and a longer one its part") {
  Snapshot node = NodeWith(LookUp(5270, kTheirs), "0.0.0.0/0");
  REQUIRE(DetoursOf(node).size() == 1);
  Route part = node.routes->back();
  part.table = kTheirs;
  part.destination = *Prefix::Parse("10.48.98.0/24");
  part.gateway.reset();
  part.type = RTN_BLACKHOLE;
  AddRoute(node, part);
  REQUIRE(DetoursOf(node).size() == 2);
  CHECK(DetoursOf(node)[0].blocks == 2);
  CHECK(DetoursOf(node)[1].blocks == 1);
}

TEST_CASE("routes to elsewhere, and rules behind main, take nothing") {
  CHECK(DetoursOf(NodeWith(LookUp(5270, kTheirs), "100.64.0.0/10")).empty());
  CHECK(DetoursOf(NodeWith(LookUp(40000, kTheirs), "10.48.0.0/16")).empty());
  CHECK(DetoursOf(NodeWith(LookUp(5270, kTheirs + 1), "10.48.0.0/16")).empty());
}

TEST_CASE("a rule for some packets only was meant for those") {
  Rule rule = LookUp(5270, kTheirs);
  SECTION("from a source") { rule.from = *Prefix::Parse("10.48.40.129/32"); }
  SECTION("with a mark") { rule.mark = rule.mask = 0x80000; }
  SECTION("by an interface") { rule.input_interface = "eth0"; }
  SECTION("out of an interface") { rule.output_interface = "eth0"; }
  SECTION("to elsewhere") { rule.to = *Prefix::Parse("10.49.0.0/16"); }
  SECTION("to less than a block") { rule.to = *Prefix::Parse("10.48.98.5/32"); }
  SECTION("to all but one network") {
    rule.inverted = true;
    rule.to = *Prefix::Parse("10.48.0.0/16");
  }
  SECTION("not to look up") { rule.action = FR_ACT_NOP; }
  CHECK(DetoursOf(NodeWith(rule, "0.0.0.0/0")).empty());
}

TEST_CASE("a rule to the pods' network, and one from anywhere, are for pods") {
  Rule rule = LookUp(5270, kTheirs);
  SECTION("to") { rule.to = *Prefix::Parse("10.48.0.0/16"); }
  SECTION("from anywhere") { rule.from = *Prefix::Parse("0.0.0.0/0"); }
  CHECK(DetoursOf(NodeWith(rule, "0.0.0.0/0")).size() == 1);
}

TEST_CASE("main may be asked before, for a part") {
  Snapshot node = NodeWith(LookUp(5270, kTheirs), "0.0.0.0/0");
  Rule main = LookUp(5269, RT_TABLE_MAIN);
  SECTION("for all but the default route, as wg-quick does") { main.shortest_prefix = 0; }
  SECTION("for the pods' network") { main.to = *Prefix::Parse("10.48.0.0/16"); }
  node.rules->insert(node.rules->begin(), main);
  CHECK(DetoursOf(node).empty());
}

TEST_CASE("a table may leave out what is too short, or throw it back") {
  Rule rule = LookUp(5270, kTheirs);
  Snapshot node = NodeWith(rule, "10.48.0.0/16");
  SECTION("too short") {
    for (Rule& each : *node.rules)
      if (each.table == kTheirs) each.shortest_prefix = 16;
  }
  SECTION("throw") {
    for (Route& route : *node.routes)
      if (route.table == kTheirs) route.type = RTN_THROW;
  }
  CHECK(DetoursOf(node).empty());
}

TEST_CASE("the same way in another table is none other") {
  Snapshot node = NodeWith(LookUp(5270, kTheirs), "100.64.0.0/10");
  for (Route route : std::vector<Route>(*node.routes)) {
    if (route.table != RT_TABLE_MAIN || route.family() != Family::kIpv4) continue;
    route.table = kTheirs;
    AddRoute(node, route);
  }
  CHECK(DetoursOf(node).empty());
}

// Made after Felix' source: no recorded node has WireGuard.
TEST_CASE("the rule of Calico's WireGuard is known by its mark, and takes no detour") {
  Rule rule = LookUp(99, kTheirs);
  rule.inverted = true;
  rule.mark = rule.mask = 0x100000;
  CHECK(IsWireguardRule(rule));
  CHECK(DetoursOf(NodeWith(rule, "10.48.0.0/16")).empty());
  SECTION("wg-quick's") { rule.mark = 0xca6c, rule.mask = 0xffffffff; }
  SECTION("several bits") { rule.mark = rule.mask = 0x300000; }
  SECTION("a bit that is not Felix'") { rule.mark = rule.mask = 0x100; }
  CHECK_FALSE(IsWireguardRule(rule));
  CHECK(DetoursOf(NodeWith(rule, "10.48.0.0/16")).size() == 1);
  rule.inverted = false;
  CHECK_FALSE(IsWireguardRule(rule));
}

}  // namespace
}  // namespace caliwatch
