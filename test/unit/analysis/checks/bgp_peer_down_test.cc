// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(Snapshot node, std::vector<BgpSocket> sockets = {}) {
  node.bgp_sockets = std::move(sockets);
  return JudgeBy("bgp_peer_down", node);
}

BgpPeer& FirstPeer(Snapshot& node) { return node.birds[Family::kIpv4].peers->front(); }

void TakeDown(BgpPeer& peer, BgpState state, absl::string_view text, PeerError error = {}) {
  peer.state = ProtocolState::kStart;
  peer.bgp_state = state;
  peer.bgp_state_text = std::string(text);
  peer.error = std::move(error);
}

TEST_CASE("a healthy node has no BGP peer down") { CHECK(Run(HealthyNode())->empty()); }

TEST_CASE("a BIRD that has just started, and a peer that was just configured, get ten seconds to connect") {
  Snapshot node = HealthyNode();
  TakeDown(FirstPeer(node), BgpState::kConnect, "Connect");
  BirdStatus& status = *node.birds[Family::kIpv4].status;
  status.uptime = absl::Seconds(9);
  CHECK(Run(node)->empty());
  status.uptime = absl::Seconds(10);
  CHECK(Run(node)->size() == 1);
  status.uptime = absl::Hours(1);
  status.since_reconfiguration = absl::Seconds(8);
  FirstPeer(node).age = absl::Seconds(8);
  CHECK(Run(node)->empty());
  status.since_reconfiguration = absl::Seconds(10);
  FirstPeer(node).age = absl::Seconds(10);
  CHECK(Run(node)->size() == 1);
  FirstPeer(node).age = absl::Seconds(11);  // it was down before
  status.since_reconfiguration = absl::Seconds(8);
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("a peer that never answers is found by its address, with what to do") {
  Snapshot node = HealthyNode();
  TakeDown(FirstPeer(node), BgpState::kConnect, "Connect");
  const JudgedTexts judgement = Run(node);
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().subject == "10.39.1.219");
  CHECK(judgement->front().detail == "the peer does not answer: our connection attempts get no reply at all");
  CHECK_FALSE(judgement->front().remedy.empty());
}

TEST_CASE("what TCP knows of the session is told with it, where it can be read") {
  Snapshot node = HealthyNode();
  TakeDown(FirstPeer(node), BgpState::kConnect, "Connect");
  BgpSocket call = SessionWith("10.39.1.219");
  call.state = TcpState::kSynSent;
  call.retransmits = 3;
  CHECK(Run(node, {call})->front().detail ==
        "the peer does not answer: our connection attempts get no reply at all (TCP: SYN_SENT, sent again 3 times, no "
        "answer)");
  node.bgp_sockets = absl::UnavailableError("sock_diag is gone");
  CHECK(JudgeBy("bgp_peer_down", node)->size() == 1);
}

TEST_CASE("a peer that somebody disabled is told so, one that BIRD has given up is not, though it is down as well") {
  Snapshot node = HealthyNode();
  BgpPeer& peer = FirstPeer(node);
  TakeDown(peer, BgpState::kOther, "");
  peer.state = ProtocolState::kDown;
  CHECK(Run(node)->front().detail == "disabled in this node's BIRD, by its configuration or by hand");
  peer.error = {PeerErrorClass::kMiscellaneous, "Kernel MD5 auth failed"};
  CHECK(Run(node)->front().detail.find("disabled") == std::string::npos);
  CHECK(Run(node)->front().remedy.find("birdcl enable NAME") != std::string::npos);
}

TEST_CASE("a peer whose routes are kept, and a workload that speaks BGP, are no loss") {
  Snapshot node = HealthyNode();
  TakeDown(FirstPeer(node), BgpState::kActive, "Active", {PeerErrorClass::kSocket, "Connection refused"});
  CHECK(Run(node)->size() == 1);
  SECTION("graceful restart") { FirstPeer(node).helper_active = true; }
  SECTION("a workload") { FirstPeer(node).kind = PeerKind::kLocalWorkload; }
  CHECK(Run(node)->empty());
}

TEST_CASE("a lost node of the mesh costs pods each other, over one family; a lost router what it tells") {
  Snapshot node = HealthyNode();
  TakeDown(FirstPeer(node), BgpState::kConnect, "Connect");
  CHECK(Run(node)->front().impact.find("exchange no IPv4 routes: over IPv4, pods here and pods there") !=
        std::string::npos);
  node.birds[Family::kIpv6] = std::exchange(node.birds[Family::kIpv4], node.birds[Family::kIpv6]);
  CHECK(Run(node)->front().impact.find("exchange no IPv6 routes: over IPv6, pods here") != std::string::npos);
  node.birds[Family::kIpv6].peers->front().kind = PeerKind::kGlobal;
  CHECK(Run(node)->front().impact.find("This node gets none of the IPv6 routes that the peer tells") == 0);
}

TEST_CASE("where Felix leads the routes between nodes, a router that is down is a loss, a node of the mesh is none") {
  Snapshot node = HealthyNode();
  TakeDown(FirstPeer(node), BgpState::kConnect, "Connect");
  for (Route& route : *node.routes)
    if (route.protocol == RTPROT_BIRD) route.protocol = 80;
  CHECK(Run(node)->empty());
  FirstPeer(node).kind = PeerKind::kGlobal;
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("when this node lost its BGP address, that is the cause for every peer, not the words BIRD uses") {
  Snapshot node = HealthyNode();
  node.addresses->front().address = *IpAddress::Parse("10.39.1.230");
  for (BgpPeer& peer : *node.birds[Family::kIpv4].peers)
    TakeDown(peer, BgpState::kActive, "Active", {PeerErrorClass::kSocket, "Connection closed"});
  const JudgedTexts judgement = Run(node);
  REQUIRE(judgement->size() == 2);
  CHECK(judgement->back().detail ==
        "this node's BGP address 10.39.1.231 is on none of its interfaces, so BIRD cannot open a session");
}

TEST_CASE("an established session that only recovery holds back is not down") {
  Snapshot node = HealthyNode();
  FirstPeer(node).state = ProtocolState::kWait;
  CHECK(Run(node)->empty());
}

TEST_CASE("a BIRD that cannot be asked leaves its peers unknown") {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].peers = absl::DeadlineExceededError("BIRD accepts, but is silent");
  CHECK(absl::IsDeadlineExceeded(Run(node).status()));
}

TEST_CASE("peers of one family are judged while the other family's BIRD cannot be asked") {
  Snapshot node = HealthyNode();
  TakeDown(FirstPeer(node), BgpState::kConnect, "Connect");
  node.birds[Family::kIpv6].peers = absl::DeadlineExceededError("BIRD accepts, but is silent");
  node.birds[Family::kIpv6].status = absl::DeadlineExceededError("BIRD accepts, but is silent");
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("a node that runs no BIRD has no peers to lose") {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4] = node.birds[Family::kIpv6];
  CHECK(Run(node)->empty());
}

TEST_CASE("of a peer that never answers, the way there, its calico-node and BIRD's own words are looked at") {
  Snapshot node = HealthyNode();
  TakeDown(FirstPeer(node), BgpState::kConnect, "Connect");
  node.bgp_sockets = std::vector<BgpSocket>{};
  const std::vector<std::string> lines = LinesBy("bgp_peer_down", node);
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == "ping -c 3 10.39.1.219");
  CHECK(lines[1] == "ip route get 10.39.1.219");
  CHECK(lines[2] == "kubectl get pods -o wide -A -l k8s-app=calico-node --field-selector status.podIP=10.39.1.219");
  CHECK(lines[3].ends_with(" -- birdcl -s /var/run/calico/bird.ctl show protocols all Mesh_10_39_1_219"));
}

}  // namespace
}  // namespace caliwatch
