// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

constexpr int kTunl0 = 9;

Recollection HavingLeft(absl::string_view block) {
  Recollection before;
  before.left_tunnel = {*Prefix::Parse(block)};
  return before;
}

JudgedTexts Run(const Snapshot& node, absl::string_view left = "192.168.60.0/26") {
  return JudgeBy("route_without_encapsulation", node, HavingLeft(left));
}

Route Tunnelled(absl::string_view block, absl::string_view gateway) {
  Route route = BlockRoute(block, gateway);
  route.link = kTunl0;
  route.flags = RTNH_F_ONLINK;
  return route;
}

// An IPIP cluster, as Calico 3.29 routes it, with one block past the tunnel.
Snapshot IpipNode() {
  Snapshot node = HealthyNode();
  std::erase_if(*node.routes, [](const Route& route) { return route.gateway.has_value(); });
  node.links->push_back(WorkloadLink(kTunl0, "tunl0"));
  node.links->back().kind = "ipip";
  AddRoute(node, Tunnelled("192.168.8.0/26", "10.39.1.8"));
  AddRoute(node, Tunnelled("192.168.219.0/26", "10.39.1.219"));
  AddRoute(node, BlockRoute("192.168.60.0/26", "10.39.1.60"));
  return node;
}

TEST_CASE("a block that left the tunnel, while others stay in it, is found") {
  CHECK(*Run(IpipNode()) ==
        std::vector<FindingText>{{"192.168.60.0/26",
                                  "led to 10.39.1.60 through tunl0 before, and leads there by eth0 without "
                                  "encapsulation now; other blocks still use tunl0",
                                  "",
                                  {"10.39.1.60", "tunl0"}}});
}

TEST_CASE("one that nobody has seen in the tunnel may be of a pool without encapsulation, wherever it lies") {
  CHECK(JudgeBy("route_without_encapsulation", IpipNode())->empty());
  CHECK(Run(IpipNode(), "192.168.61.0/26")->empty());
}

TEST_CASE("where no route uses the tunnel any more, the pool's mode was changed, or the tunnel is the fault") {
  Snapshot node = IpipNode();
  SECTION("no route") {
    std::erase_if(*node.routes, [](const Route& route) { return route.link == kTunl0; });
  }
  SECTION("down") { node.links->back().up = false; }
  SECTION("gone") { node.links->pop_back(); }
  CHECK(Run(node)->empty());
}

TEST_CASE("what Felix or somebody else leads past the tunnel is meant so") {
  Snapshot node = IpipNode();
  for (Route& route : *node.routes)
    if (route.destination == *Prefix::Parse("192.168.60.0/26")) route.protocol = 80;
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, encapsulation is unknown rather than right") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = IpipNode();
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
