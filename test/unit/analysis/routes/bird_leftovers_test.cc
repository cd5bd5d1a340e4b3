// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/bird_leftovers.h"

#include "test/support/catch.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

bool Proves(const Snapshot& node) { return RoutesProveBird(node, Family::kIpv4); }

Route OldBlackhole() {
  Route route = BlockRoute("10.99.1.0/26", "10.39.1.1");
  route.type = RTN_BLACKHOLE;
  route.gateway.reset();
  route.link = 0;
  return route;
}

void DropPods(Snapshot& node) {
  std::erase_if(*node.routes, [](const Route& route) { return route.protocol == RTPROT_BOOT && !route.gateway; });
}

TEST_CASE("BIRD's blocks that hold this node's pods prove that it is meant to run") { CHECK(Proves(HealthyNode())); }

TEST_CASE("a node without routes of BIRD proves nothing, nor for the other family") {
  CHECK_FALSE(Proves(VxlanNode()));
  CHECK_FALSE(RoutesProveBird(HealthyNode(), Family::kIpv6));
}

TEST_CASE("what BIRD left behind on a node whose pods are in Felix' blocks proves nothing") {
  Snapshot node = VxlanNode();
  SECTION("a blackhole") { AddRoute(node, OldBlackhole()); }
  SECTION("a route to another node") { AddRoute(node, BlockRoute("10.99.2.0/26", "10.39.1.36")); }
  SECTION("and no pod is there") {
    AddRoute(node, OldBlackhole());
    DropPods(node);
  }
  CHECK_FALSE(Proves(node));
}

TEST_CASE("nor does it where the pods are in no block, as with policies alone") {
  Snapshot node = HealthyNode();
  std::erase_if(*node.routes, [](const Route& route) { return route.type == RTN_BLACKHOLE; });
  CHECK_FALSE(Proves(node));
}

TEST_CASE("on a node without pods and blocks of Felix', and where links are unread, any route of BIRD counts") {
  Snapshot node = HealthyNode();
  SECTION("no pods") { DropPods(node); }
  SECTION("no links") { node.links = absl::UnavailableError("netlink is gone"); }
  CHECK(Proves(node));
  node.routes = absl::UnavailableError("netlink is gone");
  CHECK_FALSE(Proves(node));
}

TEST_CASE("BIRD's routes are those of its protocol in table main, of one family") {
  Snapshot node = HealthyNode();
  CHECK(RoutesOfBird(*node.routes, Family::kIpv4).size() == 3);
  CHECK(RoutesOfBird(*node.routes, Family::kIpv6).empty());
}

}  // namespace
}  // namespace caliwatch
