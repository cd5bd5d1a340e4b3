// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
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
