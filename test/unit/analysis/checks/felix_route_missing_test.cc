// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

constexpr int kTunl0 = 9;
const char* const kLost = "192.168.219.0/26";

JudgedTexts Run(const Snapshot& node, const Recollection& before = {}) {
  return JudgeBy("felix_route_missing", node, before);
}

BirdRoute Known(absl::string_view block, absl::string_view gateway) {
  BirdRoute route;
  route.destination = *Prefix::Parse(block);
  route.protocol = MeshPeer(gateway).name;
  route.next_hops = {{*IpAddress::Parse(gateway), "eth0"}};
  route.best = true;
  return route;
}

// As Calico 3.33 leaves an IPIP node: all routes are Felix', BIRD exports none to the kernel.
Snapshot FelixNode() {
  Snapshot node = HealthyNode();
  Link tunl0 = WorkloadLink(kTunl0, "tunl0");
  tunl0.kind = "ipip";
  node.links->push_back(tunl0);
  node.addresses->push_back({*IpAddress::Parse("192.168.231.0"), 32, RT_SCOPE_UNIVERSE, 0, kTunl0});
  for (Route& route : *node.routes) {
    if (route.protocol != RTPROT_BIRD) continue;
    route.protocol = 80;
    if (route.gateway) route.link = kTunl0;
  }
  Bird& bird = node.birds[Family::kIpv4];
  bird.protocols->front().routes->exported = 0;
  bird.routes = std::vector<BirdRoute>{Known(kLost, "10.39.1.219"), Known("192.168.36.0/26", "10.39.1.36")};
  return node;
}

void Lose(Snapshot& node, absl::string_view block = kLost) {
  std::erase_if(*node.routes, [&](const Route& route) { return route.destination == *Prefix::Parse(block); });
}

BirdRoute& Row(Snapshot& node) { return node.birds[Family::kIpv4].routes->front(); }

TEST_CASE("while Felix has made all that BIRD has learned, nothing is missing") {
  CHECK(Run(FelixNode())->empty());
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(VxlanNode())->empty());
}

TEST_CASE("a block's route that Felix was to make is found by its owner, whether or not BIRD tells what it withholds") {
  Snapshot node = FelixNode();
  Lose(node);
  SECTION("it tells") { Row(node).withheld = true; }
  SECTION("it does not") {}
  CHECK(*Run(node) ==
        std::vector<FindingText>{
            {kLost,
             "is a block of 10.39.1.219 that BIRD has learned; Felix is to make its route, and the kernel "
             "has no route to it",
             "",
             {"10.39.1.219"}}});
  CHECK(JudgeBy("route_missing_from_kernel", node)->empty());
}

TEST_CASE("all of them can be gone: the node's own blocks still show whose they are") {
  Snapshot node = FelixNode();
  Lose(node);
  Lose(node, "192.168.36.0/26");
  CHECK(Run(node)->size() == 2);
}

TEST_CASE("a tunnel that is down, gone or without address is named, so that its finding stands above") {
  Snapshot node = FelixNode();
  Lose(node);
  SECTION("down") { node.links->back().up = false; }
  SECTION("without address") { node.addresses->pop_back(); }
  SECTION("gone") { node.links->pop_back(); }
  CHECK(Run(node)->front().related == std::vector<std::string>{"10.39.1.219", "tunl0"});
}

TEST_CASE("what BIRD's filter keeps from the kernel for another reason is nobody's to make") {
  Snapshot node = FelixNode();
  Lose(node);
  Row(node).withheld = true;
  SECTION("a network of services") { Row(node).destination = *Prefix::Parse("10.96.0.0/12"); }
  SECTION("one address of a service") { Row(node).destination = *Prefix::Parse("198.51.100.7/32"); }
  SECTION("a range of a block's size that several nodes announce") {
    BirdRoute other = Known(kLost, "10.39.1.36");
    other.best = false;
    auto& table = *node.birds[Family::kIpv4].routes;
    table.insert(table.begin() + 1, other);
  }
  SECTION("a size of which Felix has nothing here") { Row(node).destination = *Prefix::Parse("192.168.219.0/24"); }
  CHECK(Run(node)->empty());
}

TEST_CASE("a node that leaves takes its routes with it, and its session soon after") {
  Snapshot node = FelixNode();
  Lose(node);
  node.birds[Family::kIpv4].peers->front().state = ProtocolState::kStart;
  CHECK(Run(node)->empty());
}

TEST_CASE("what the kernel had when all was well is missing, of whatever size") {
  Snapshot node = FelixNode();
  Lose(node);
  Row(node).destination = *Prefix::Parse("192.168.219.7/32");
  CHECK(Run(node)->empty());
  Recollection before;
  before.birds[Family::kIpv4].missing_routes = {{Row(node).destination, *IpAddress::Parse("10.39.1.219")}};
  CHECK(Run(node, before)->size() == 1);
  CHECK(JudgeBy("expected_route_missing", node, before)->empty());  // one check says it
}

TEST_CASE("what WireGuard takes before table main is asked, main may lack") {
  Snapshot node = FelixNode();
  Lose(node);
  Link wireguard = WorkloadLink(12, "wireguard.cali");
  wireguard.kind = "wireguard";
  node.links->push_back(wireguard);
  Route encrypted = BlockRoute(kLost, "10.39.1.219");
  encrypted.gateway.reset();
  encrypted.table = 1;
  encrypted.link = 12;
  AddRoute(node, encrypted);
  CHECK(Run(node)->size() == 1);  // no rule leads there
  Rule rule;                      // as Felix makes it
  rule.priority = 99;
  rule.table = encrypted.table;
  rule.action = 1;
  rule.inverted = true;
  rule.mark = rule.mask = 1 << 20;
  node.rules->push_back(rule);
  CHECK(Run(node)->empty());
}

TEST_CASE("while BIRD recovers nothing is missing yet, and while routes are unread nobody knows") {
  Snapshot node = FelixNode();
  Lose(node);
  SECTION("recovery") {
    node.birds[Family::kIpv4].status->recovery = GracefulRestartWait{};
    CHECK(Run(node)->empty());
  }
  SECTION("routes") {
    node.routes = absl::UnavailableError("netlink is gone");
    CHECK(absl::IsUnavailable(Run(node).status()));
  }
}

}  // namespace
}  // namespace caliwatch
