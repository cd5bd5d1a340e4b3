// SPDX-License-Identifier: Apache-2.0
// The two checks on the address that Calico knows the node by: node_address_wrong and node_address_unsteady.

#include <linux/if_addr.h>

#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/judged_nodes.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

constexpr int kEth0 = 2, kDocker0 = 9, kTunl0 = 10;

JudgedTexts Wrong(const Snapshot& node, const Recollection& before = {}) {
  return JudgeBy("node_address_wrong", node, before);
}
JudgedTexts Unsteady(const Snapshot& node, const Recollection& before = {}) {
  return JudgeBy("node_address_unsteady", node, before);
}

IpAddress At(absl::string_view text) { return *IpAddress::Parse(text); }

Snapshot NodeOfDocker0() {
  Snapshot node = HealthyNode();
  Link docker0 = WorkloadLink(kDocker0, "docker0");
  docker0.kind = "bridge";
  node.links->push_back(docker0);
  node.addresses->push_back({At("172.17.0.1"), 16, RT_SCOPE_UNIVERSE, 0, kDocker0});
  node.birds[Family::kIpv4].status->router_id = "172.17.0.1";
  for (BgpPeer& peer : PeersOf(node)) {
    peer.state = ProtocolState::kStart;
    peer.bgp_state = BgpState::kActive;
  }
  node.bgp_sockets->clear();
  return node;
}

// keepalived gave eth0 a virtual address with a network of its own.
Snapshot NodeWithVirtualNetwork() {
  Snapshot node = HealthyNode();
  node.addresses->push_back({At("10.39.1.200"), 25, RT_SCOPE_UNIVERSE, 0, kEth0});
  Route network = WorkloadRoute("10.39.1.128/25", kEth0);
  network.protocol = RTPROT_KERNEL;
  AddRoute(node, network);
  return node;
}

void SendByIpip(Snapshot& node) {
  Link tunl0 = WorkloadLink(kTunl0, "tunl0");
  tunl0.kind = "ipip";
  node.links->push_back(tunl0);
  for (Route& route : *node.routes)
    if (route.protocol == RTPROT_BIRD && route.gateway) route.link = kTunl0;
}

TEST_CASE("a healthy node is known by an address that is right and stays") {
  CHECK(Wrong(HealthyNode())->empty());
  CHECK(Unsteady(HealthyNode())->empty());
}

TEST_CASE("an address of docker0, from which no session was ever up, is wrong") {
  const JudgedTexts judgement = Wrong(NodeOfDocker0());
  REQUIRE(judgement->size() == 1);
  const FindingText& found = judgement->front();
  CHECK(found.subject == "172.17.0.1");
  CHECK(found.detail ==
        "BIRD speaks BGP as this address, which is on docker0, but what leads to other nodes, 10.39.1.219 among them, "
        "is eth0: they cannot reach it there; 0 of 2 sessions are up. The address of eth0 is 10.39.1.231");
  CHECK(found.related == std::vector<std::string>{"10.39.1.219", "10.39.1.36"});
  CHECK(found.impact == "Over IPv4, pods of this node and of others do not reach each other.");
  CHECK(Unsteady(NodeOfDocker0())->empty());
}

TEST_CASE("where one address can be the right one, the line that gives it to the node is told, and what undoes it") {
  Snapshot node = NodeOfDocker0();
  const std::vector<std::string> lines = LinesBy("node_address_wrong", node);
  REQUIRE(lines.size() == 4);
  CHECK(lines[2] ==
        "calicoctl patch node node-231 -p '{\"spec\":{\"bgp\":{\"ipv4Address\":\"10.39.1.231/24\"}}}' # changes");
  CHECK(lines[3].find("kubectl describe pods") == 0);
  const std::string remedy = Wrong(node)->front().remedy;
  CHECK(remedy.find("has IP = autodetect") != std::string::npos);
  CHECK(remedy.find("ds/calico-node IP_AUTODETECTION_METHOD=") != std::string::npos);
  CHECK(remedy.find("nodeAddressAutodetectionV4 ") != std::string::npos);
  node.addresses->push_back({At("10.39.1.232"), 24, RT_SCOPE_UNIVERSE, 0, kEth0});
  CHECK(LinesBy("node_address_wrong", node) ==
        std::vector<std::string>{"ip -brief address", "calicoctl get node node-231 -o yaml"});
  CHECK(Wrong(node)->front().remedy.empty());
}

TEST_CASE("what keeps the sessions of a wrong address down is told as an effect of that address") {
  Snapshot node = NodeOfDocker0();
  node.bgp_sockets = std::vector<BgpSocket>{Listener()};
  for (BgpPeer& peer : PeersOf(node)) peer.error = {PeerErrorClass::kSocket, "Connection closed"};
  size_t judged = 0;
  for (const Verdict& verdict : ReportOf(node).verdicts) {
    if (verdict.check->name != "bgp_peers_share_cause" && verdict.check->name != "node_address_wrong") continue;
    ++judged;
    REQUIRE(verdict.findings.size() == 1);
    CHECK(verdict.RootCauses() == (verdict.check->name == "node_address_wrong" ? 1 : 0));
  }
  CHECK(judged == 2);
}

TEST_CASE("an address of another interface that sessions are up from, or were, is one to look at") {
  Snapshot node = NodeOfDocker0();
  Recollection before;
  SECTION("are") {
    BgpPeer& peer = PeersOf(node).front();
    peer = MeshPeer("10.39.1.219");
    peer.source_address = At("172.17.0.1");
  }
  SECTION("were") { before.birds[Family::kIpv4].last_source = {{PeersOf(node).front().name, At("172.17.0.1")}}; }
  CHECK(Wrong(node, before)->empty());
  REQUIRE(Unsteady(node, before)->size() == 1);
  CHECK(Unsteady(node, before)->front().detail.find("is eth0: what they send comes in by another interface") !=
        std::string::npos);
}

TEST_CASE("routers may be reached by another interface than the one that the node's address is on") {
  Snapshot node = NodeOfDocker0();
  for (BgpPeer& peer : PeersOf(node)) {
    peer = MeshPeer(peer.address->ToString());
    peer.kind = PeerKind::kGlobal;
    peer.source_address = At("172.17.0.1");
  }
  CHECK(Wrong(node)->empty());
  CHECK(Unsteady(node)->empty());
}

TEST_CASE("a virtual address whose network leads to other nodes takes IPIP's packets from them") {
  Snapshot node = NodeWithVirtualNetwork();
  SendByIpip(node);
  const JudgedTexts judgement = Wrong(node);
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().subject == "10.39.1.231");
  CHECK(judgement->front().related.empty());  // the sessions are up
  CHECK(judgement->front().detail ==
        "the kernel sends what goes to other nodes, 10.39.1.219 among them, from 10.39.1.200 on eth0, the packets of "
        "tunl0 as well: Felix there takes such packets from nodes' addresses alone, and drops them");
  CHECK(judgement->front().remedy.find("ip address add 10.39.1.200/32 dev eth0") != std::string::npos);
  CHECK(Unsteady(node)->empty());
}

TEST_CASE("without IPIP it is the kernel's own packets alone, which is less") {
  const Snapshot node = NodeWithVirtualNetwork();
  CHECK(Wrong(node)->empty());
  REQUIRE(Unsteady(node)->size() == 1);
  CHECK(Unsteady(node)->front().detail.find("from 10.39.1.200 on eth0: policies of the others") != std::string::npos);
  CHECK(Unsteady(node)->front().remedy.find("ip address del 10.39.1.200/25 dev eth0") != std::string::npos);
}

TEST_CASE("a virtual address that Calico took moves away one day") {
  Snapshot node = HealthyNode();
  node.addresses->push_back({At("10.39.1.100"), 32, RT_SCOPE_UNIVERSE, 0, kEth0});
  for (BgpPeer& peer : PeersOf(node)) peer.source_address = At("10.39.1.100");
  CHECK(Wrong(node)->empty());
  REQUIRE(Unsteady(node)->size() == 1);
  CHECK(Unsteady(node)->front().subject == "10.39.1.100");
  CHECK(Unsteady(node)->front().detail.find("on eth0 beside 10.39.1.231 of the same network") != std::string::npos);
}

TEST_CASE("so does a temporary one") {
  Snapshot node = HealthyNode();
  node.addresses->push_back({At("fd39:1::231"), 64, RT_SCOPE_UNIVERSE, IFA_F_TEMPORARY, kEth0});
  node.birds[Family::kIpv6] = node.birds[Family::kIpv4];
  for (BgpPeer& peer : *node.birds[Family::kIpv6].peers) {
    peer.address = At("fd39:1::7");
    peer.source_address = At("fd39:1::231");
  }
  REQUIRE(Unsteady(node)->size() == 1);
  CHECK(Unsteady(node)->front().detail.find("privacy extensions") != std::string::npos);
}

TEST_CASE("a node without BIRD has no address that BIRD speaks as") {
  CHECK(Wrong(VxlanNode())->empty());
  CHECK(Unsteady(VxlanNode())->empty());
}

TEST_CASE("while a table is missing, the node's address is unknown") {
  const absl::Status gone = absl::UnavailableError("gone");
  Snapshot node = HealthyNode();
  SECTION("BIRD") { node.birds[Family::kIpv4] = {gone, gone, gone}; }
  SECTION("addresses") { node.addresses = gone; }
  SECTION("sockets") { node.bgp_sockets = gone; }
  SECTION("routes") { node.routes = gone; }
  SECTION("rules") { node.rules = gone; }
  SECTION("links") { node.links = gone; }
  CHECK(absl::IsUnavailable(Wrong(node).status()));
  CHECK(absl::IsUnavailable(Unsteady(node).status()));
}

}  // namespace
}  // namespace caliwatch
