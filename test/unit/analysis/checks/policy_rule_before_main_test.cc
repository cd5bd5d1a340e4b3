// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("policy_rule_before_main", node); }

Snapshot NodeWithVpn() {
  Snapshot node = RealNode("vxlan-healthy");
  node.rules = std::vector<Rule>{LookUp(5270, 52), LookUp(32766, RT_TABLE_MAIN)};
  Link vpn = LinkNamed(node, "eth0");
  vpn.index = 40;
  vpn.name = "tailscale0";
  node.links->push_back(vpn);
  Route route;
  route.destination = *Prefix::Parse("10.48.98.0/24");
  route.table = 52;
  route.link = 40;
  AddRoute(node, route);
  return node;
}

TEST_CASE("a table that is asked before main and covers blocks is found") {
  REQUIRE(Run(NodeWithVpn())->size() == 1);
  const FindingText found = Run(NodeWithVpn())->front();
  CHECK(found.subject == "10.48.98.0/24");
  CHECK(found.detail ==
        "table 52, which rule 5270 asks before table main, leads there by tailscale0: it takes what goes to 1 block of "
        "pods, such as 10.48.98.0/26");
  CHECK(found.remedy.find("ip rule add to 10.48.98.0/26 lookup main priority 5269. For good") == 0);
}

TEST_CASE("the remedy leaves out all blocks that are concerned, but not half of the world") {
  Snapshot node = NodeWithVpn();
  for (Route& route : *node.routes)
    if (route.table == 52) route.destination = *Prefix::Parse("0.0.0.0/0");
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().remedy.find("ip rule add to 10.48.0.0/16 lookup main priority 5269.") == 0);
  const auto add = [&](const char* block, const char* gateway) {
    Route route = VxlanRoute(block, gateway);
    route.link = LinkNamed(node, "vxlan.calico").index;
    AddRoute(node, route);
  };
  add("10.200.5.0/26", "10.200.5.0");
  CHECK(Run(node)->front().remedy.find("ip rule add to 10.0.0.0/8 lookup main priority 5269.") == 0);
  add("192.168.5.0/26", "192.168.5.0");
  CHECK(Run(node)->front().remedy.find("ip rule add to 10.48.40.128/26 lookup main priority 5269.") == 0);
}

TEST_CASE("a route that ends packets is told as such") {
  Snapshot node = NodeWithVpn();
  for (Route& route : *node.routes)
    if (route.table == 52) route.type = RTN_BLACKHOLE;
  CHECK(Run(node)->front().detail.find("ends it there") != std::string::npos);
}

TEST_CASE("the rules that each kernel has are none") {
  Snapshot node = NodeWithVpn();
  node.rules->erase(node.rules->begin());
  CHECK(Run(node)->empty());
}

TEST_CASE("where rules were not read, nothing is said of them") {
  CHECK(absl::IsNotFound(Run(RealNode("vxlan-healthy")).status()));
  Snapshot node = NodeWithVpn();
  SECTION("rules") { node.rules = absl::UnavailableError("gone"); }
  SECTION("routes") { node.routes = absl::UnavailableError("gone"); }
  SECTION("links") { node.links = absl::UnavailableError("gone"); }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

TEST_CASE("the line that asks table main first is told as one to type") {
  CHECK(LinesBy("policy_rule_before_main", NodeWithVpn()) ==
        std::vector<std::string>{"ip rule show", "ip rule add to 10.48.98.0/26 lookup main priority 5269 # changes"});
}

}  // namespace
}  // namespace caliwatch
