// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("bgp_peer_down_routes_kept", node); }

// Its first peer's BIRD was killed.
Snapshot NodeWithRestartingPeer() {
  Snapshot node = HealthyNode();
  node.taken_at = absl::FromUnixSeconds(1'800'000'000);  // 08:00:00
  BgpPeer& peer = node.birds[Family::kIpv4].peers->front();
  peer.state = ProtocolState::kStart;
  peer.bgp_state = BgpState::kActive;
  peer.bgp_state_text = "Active";
  peer.error = {PeerErrorClass::kSocket, "Connection refused"};
  peer.helper_active = true;
  peer.restart_remaining = absl::Seconds(110);
  return node;
}

// Felix leads the routes by a tunnel, as with IPIP from Calico 3.33 on.
void LetFelixLead(Snapshot& node) {
  for (Route& route : *node.routes)
    if (route.protocol == RTPROT_BIRD) route.protocol = 80;
}

TEST_CASE("a healthy node has no session down") { CHECK(Run(HealthyNode())->empty()); }

TEST_CASE("a peer that restarts is told, with the time until which its routes stay in use") {
  const JudgedTexts judgement = Run(NodeWithRestartingPeer());
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().subject == "10.39.1.219");
  CHECK(judgement->front().detail.ends_with("; its routes stay in use until 08:01:50 UTC, for 110 s more"));
}

TEST_CASE("where BIRD does not say for how long it waits, no time is told, and the cost is that of the check") {
  Snapshot node = NodeWithRestartingPeer();
  node.birds[Family::kIpv4].peers->front().restart_remaining.reset();
  CHECK(Run(node)->front().detail.ends_with("; its routes stay in use until BIRD gives up waiting for it"));
  CHECK(Run(node)->front().impact.empty());
}

TEST_CASE("once BIRD keeps the routes no longer, it is a loss, and another check's") {
  Snapshot node = NodeWithRestartingPeer();
  node.birds[Family::kIpv4].peers->front().helper_active = false;
  CHECK(Run(node)->empty());
  CHECK(JudgeBy("bgp_peer_down", node)->size() == 1);
}

TEST_CASE("where Felix leads the routes between nodes, a node of the mesh that is down is no loss between pods") {
  Snapshot node = NodeWithRestartingPeer();
  BgpPeer& peer = node.birds[Family::kIpv4].peers->front();
  peer.helper_active = false;
  LetFelixLead(node);
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail.ends_with("Felix leads the routes to its pods, which stay"));
  CHECK(Run(node)->front().impact.find("At present nothing between pods") == 0);
  CHECK(JudgeBy("bgp_peer_down", node)->empty());
  SECTION("a router is none of those") { peer.kind = PeerKind::kGlobal; }
  SECTION("BIRD leads those of another pool") {
    for (Route& route : *node.routes)
      if (route.type == RTN_BLACKHOLE) route.protocol = RTPROT_BIRD;
  }
  CHECK(Run(node)->empty());
  CHECK(JudgeBy("bgp_peer_down", node)->size() == 1);
}

TEST_CASE("without routes nothing is said of who leads them, and without addresses nothing at all") {
  Snapshot node = NodeWithRestartingPeer();
  LetFelixLead(node);
  node.routes = absl::UnavailableError("not read");
  CHECK(Run(node)->size() == 1);  // its routes are kept, says BIRD
  node.addresses = absl::UnavailableError("not read");
  CHECK(absl::IsUnavailable(Run(node).status()));
}

TEST_CASE("a node that runs no BIRD has no sessions") {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4] = node.birds[Family::kIpv6];
  CHECK(Run(node)->empty());
}

TEST_CASE("of a peer that restarts, calico-node there and who listens are looked at, and nothing is changed") {
  Snapshot node = NodeWithRestartingPeer();
  node.bgp_sockets = std::vector<BgpSocket>{Listener()};
  const std::vector<std::string> lines = LinesBy("bgp_peer_down_routes_kept", node);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "kubectl get pods -o wide -A -l k8s-app=calico-node --field-selector status.podIP=10.39.1.219");
  CHECK(lines[1] == "ss -tlnp 'sport = :179' # on the node of 10.39.1.219");
  CHECK(lines[2].ends_with(" -- birdcl -s /var/run/calico/bird.ctl show protocols all Mesh_10_39_1_219"));
}

}  // namespace
}  // namespace caliwatch
