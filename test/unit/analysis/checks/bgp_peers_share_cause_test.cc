// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/match.h>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("bgp_peers_share_cause", node); }

Snapshot NodeThatCannotListen() {
  Snapshot node = HealthyNode();
  for (BgpPeer& peer : *node.birds[Family::kIpv4].peers) {
    peer.state = ProtocolState::kDown;
    peer.bgp_state = BgpState::kOther;
    peer.bgp_state_text = "Down";
    peer.error = {PeerErrorClass::kMiscellaneous, "No listening socket"};
  }
  return node;
}

TEST_CASE("a healthy node's sessions share no fault") { CHECK(Run(HealthyNode())->empty()); }

TEST_CASE("one fault of the node is one finding, which names the peers that it costs") {
  const JudgedTexts judgement = Run(NodeThatCannotListen());
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().subject == "BIRD ipv4");
  CHECK(judgement->front().related == std::vector<std::string>{"10.39.1.219", "10.39.1.36"});
  CHECK(judgement->front().detail.find("10.39.1.219, 10.39.1.36") != std::string::npos);
  CHECK(judgement->front().remedy.find("ss -tlnp") != std::string::npos);
}

TEST_CASE("where BIRD has given sessions up, each is to be enabled, and what they share is typed once") {
  Snapshot node = NodeThatCannotListen();
  for (BgpPeer& peer : *node.birds[Family::kIpv4].peers) peer.error.text = "Kernel MD5 auth failed";
  const std::vector<std::string> lines = LinesBy("bgp_peers_share_cause", node);
  const auto count = [&](absl::string_view part) {
    return std::count_if(lines.begin(), lines.end(), [&](const auto& line) { return absl::StrContains(line, part); });
  };
  CHECK(count("sysctl -w net.core.optmem_max=1048576 # changes") == 1);
  for (const BgpPeer& peer : *node.birds[Family::kIpv4].peers) CHECK(count("bird.ctl enable " + peer.name) == 1);
}

TEST_CASE("a session that is down by itself shares its fault with none") {
  Snapshot node = HealthyNode();
  BgpPeer& peer = node.birds[Family::kIpv4].peers->front();
  peer.state = ProtocolState::kStart;
  peer.bgp_state = BgpState::kConnect;
  peer.bgp_state_text = "Connect";
  REQUIRE(JudgeBy("bgp_peer_down", node)->size() == 1);
  CHECK(Run(node)->empty());
}

TEST_CASE("sessions that BIRD is about to open are not judged") {
  Snapshot node = HealthyNode();
  node.bgp_sockets = std::vector<BgpSocket>{Listener()};
  for (BgpPeer& peer : *node.birds[Family::kIpv4].peers) {
    peer.state = ProtocolState::kStart;
    peer.bgp_state = BgpState::kActive;
    peer.error = {PeerErrorClass::kSocket, "Connection closed"};
  }
  node.birds[Family::kIpv4].status->uptime = absl::Seconds(5);
  CHECK(Run(node)->empty());
  node.birds[Family::kIpv4].status->uptime = absl::Seconds(50);
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("without the node's addresses, or BIRD, it cannot be judged; without a BIRD here there is nothing to judge") {
  Snapshot node = NodeThatCannotListen();
  node.addresses = absl::UnavailableError("not read");
  CHECK(absl::IsUnavailable(Run(node).status()));
  node = NodeThatCannotListen();
  node.birds[Family::kIpv4].peers = absl::DeadlineExceededError("silent");
  CHECK(absl::IsDeadlineExceeded(Run(node).status()));
  node.birds[Family::kIpv4] = node.birds[Family::kIpv6];
  CHECK(Run(node)->empty());
}

TEST_CASE("what a shared cause asks for is that of the first session which it keeps down") {
  const std::vector<std::string> lines = LinesBy("bgp_peers_share_cause", NodeThatCannotListen());
  REQUIRE(lines.size() == 5);
  CHECK(lines[0] == "ip -brief address");
  CHECK(lines[1] == "calicoctl get nodes -o wide");
  CHECK(lines[2] == "ss -tlnp 'sport = :179'");
  CHECK(lines[3] == "kubectl delete pods -A -l k8s-app=calico-node --field-selector spec.nodeName=node-231 # changes");
  CHECK(lines[4].ends_with(" -- birdcl -s /var/run/calico/bird.ctl show protocols all Mesh_10_39_1_219"));
}

}  // namespace
}  // namespace caliwatch
