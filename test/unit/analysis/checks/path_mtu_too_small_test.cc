// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("path_mtu_too_small", node); }

// What the way to 10.39.1.219 takes.
Snapshot NodeWithPath(uint32_t bytes) {
  Snapshot node = HealthyNode();  // pods of 1440
  for (BgpSocket& socket : *node.bgp_sockets)
    if (socket.remote == *IpAddress::Parse("10.39.1.219")) socket.path_mtu = bytes;
  return node;
}

TEST_CASE("a way that takes what pods send is well, were it smaller than the interface") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(NodeWithPath(1440))->empty());
}

TEST_CASE("a way that takes less is found, with both sizes") {
  CHECK(*Run(NodeWithPath(1400)) ==
        std::vector<FindingText>{{"10.39.1.219",
                                  "packets of pods to this node have up to 1440 bytes on the way, and the kernel has "
                                  "learned from a router that the way takes 1400"}});
}

TEST_CASE("through a tunnel they are larger by its headers, and no larger than it lets them be") {
  Snapshot node = NodeWithPath(1440);
  Link tunl0 = WorkloadLink(10, "tunl0");
  tunl0.kind = "ipip";
  tunl0.mtu = 1440;
  for (Route& route : *node.routes)
    if (route.protocol == RTPROT_BIRD && route.gateway) route.link = 10;
  SECTION("larger") {
    node.links->push_back(tunl0);
    CHECK(Run(node)->front().detail.find("up to 1460 bytes") != std::string::npos);
  }
  SECTION("no larger") {
    tunl0.mtu = 1420;
    node.links->push_back(tunl0);
    CHECK(Run(node)->empty());
  }
}

TEST_CASE("WireGuard's packets leave by a device that the routes of table main do not name") {
  Snapshot node = NodeWithPath(1470);
  const auto encrypt = [&](const char* name, Family family, const char* block) {
    Link device = WorkloadLink(40 + static_cast<int>(family), name);
    device.kind = "wireguard";
    device.mtu = 1420;
    node.links->push_back(device);
    Rule rule = LookUp(99, 1);
    rule.family = family;
    rule.inverted = true;
    rule.mark = rule.mask = 0x100000;
    node.rules->push_back(rule);
    Route route = WorkloadRoute(block, device.index);
    route.table = 1;
    AddRoute(node, route);
  };
  encrypt("wireguard.cali", Family::kIpv4, "192.168.219.0/26");
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail.find("up to 1480 bytes") != std::string::npos);
  AddRoute(node, BlockRoute("fd10::40/122", "fd39:1::36"));
  BgpSocket session = SessionWith("fd39:1::36");
  session.path_mtu = 1490;
  node.bgp_sockets->push_back(session);
  encrypt("wg-v6.cali", Family::kIpv6, "fd10::40/122");
  REQUIRE(Run(node)->size() == 2);
  CHECK(Run(node)->back().detail.find("up to 1500 bytes") != std::string::npos);
}

TEST_CASE("less than any router says is no size of a way: 552 bytes, 1280 with IPv6") {
  CHECK(Run(NodeWithPath(552))->size() == 1);
  CHECK(Run(NodeWithPath(551))->empty());
  Snapshot node = HealthyNode();
  AddRoute(node, BlockRoute("fd10::40/122", "fd39:1::36"));
  node.bgp_sockets->push_back(SessionWith("fd39:1::36"));
  node.bgp_sockets->back().path_mtu = 1279;
  CHECK(Run(node)->empty());
  node.bgp_sockets->back().path_mtu = 1280;
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("of a tunnel's end that nothing says a node's address of, no way is known") {
  Snapshot node = VxlanNode();
  node.fdb->clear();
  CHECK(Run(node)->empty());
}

TEST_CASE("a session that is not up, and a peer that no pods are behind, tell nothing") {
  Snapshot node = NodeWithPath(1400);
  SECTION("not up") {
    for (BgpSocket& socket : *node.bgp_sockets) socket.state = TcpState::kSynSent;
  }
  SECTION("one whose route the kernel has just dropped") { node = NodeWithPath(68); }
  SECTION("no pods") {
    std::erase_if(*node.routes, [](const Route& route) { return route.gateway == *IpAddress::Parse("10.39.1.219"); });
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("while something is missing, it is unknown") {
  const absl::Status gone = absl::UnavailableError("gone");
  Snapshot node = NodeWithPath(1400);
  SECTION("sockets") { node.bgp_sockets = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  SECTION("the file of the MTU") { node.calico_mtu = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
