// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/peer_commands.h"

#include <utility>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

using Lines = std::vector<std::string>;

// What is typed about the first peer of a node, which is in the state "Active" with that error; without BIRD's own
// words of the session, which always come last.
Lines TypedFor(const PeerError& error, PeerKind kind = PeerKind::kMesh, ProtocolState state = ProtocolState::kStart) {
  Snapshot node = HealthyNode();
  BgpPeer& peer = node.birds[Family::kIpv4].peers->front();
  peer.state = state;
  peer.bgp_state = BgpState::kActive;
  peer.bgp_state_text = "Active";
  peer.error = error;
  peer.kind = kind;
  node.bgp_sockets = std::vector<BgpSocket>{};
  const Derived derived = Derive(node);
  const PerFamily<BirdView> birds = ViewBirds(node);
  const Recollection before;
  Lines lines;
  for (const Command& command : CommandsForSession({*peer.address, Family::kIpv4, ""}, {node, birds, derived, before}))
    lines.push_back(LineText(command));
  REQUIRE_FALSE(lines.empty());
  CHECK(lines.back().ends_with(" -- birdcl -s /var/run/calico/bird.ctl show protocols all Mesh_10_39_1_219"));
  lines.pop_back();
  return lines;
}

Lines TypedFor(PeerErrorClass error_class, const std::string& text, PeerKind kind = PeerKind::kMesh) {
  const bool given_up = error_class == PeerErrorClass::kMiscellaneous;
  return TypedFor({error_class, text}, kind, given_up ? ProtocolState::kDown : ProtocolState::kStart);
}

const std::string kThere =
    "kubectl get pods -o wide -A -l k8s-app=calico-node --field-selector status.podIP=10.39.1.219";

TEST_CASE("a session that BIRD has given up is enabled, once what kept it down is mended") {
  const Lines lines = TypedFor(PeerErrorClass::kMiscellaneous, "Kernel MD5 auth failed");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "sysctl -w net.core.optmem_max=1048576 # changes");
  CHECK(lines[1].ends_with(" -- birdcl -s /var/run/calico/bird.ctl enable Mesh_10_39_1_219 # changes"));
  CHECK(TypedFor(PeerErrorClass::kMiscellaneous, "No listening socket").front() == "ss -tlnp 'sport = :179'");
}

TEST_CASE("of a peer that refuses, its own end is looked at; a router has no calico-node") {
  CHECK(TypedFor(PeerErrorClass::kSocket, "Connection refused") ==
        Lines{kThere, "ss -tlnp 'sport = :179' # on the node of 10.39.1.219"});
  CHECK(TypedFor(PeerErrorClass::kSocket, "Connection refused", PeerKind::kGlobal) ==
        Lines{"ss -tlnp 'sport = :179' # on the peer 10.39.1.219"});
}

TEST_CASE("of a peer out of reach, the way there is looked at") {
  const Lines way = {"ping -c 3 10.39.1.219", "ip route get 10.39.1.219", kThere};
  CHECK(TypedFor(PeerErrorClass::kSocket, "No route to host") == way);
  CHECK(TypedFor(PeerErrorClass::kBgp, "Hold timer expired") == way);
  CHECK(TypedFor(PeerErrorClass::kSocket, "Network is unreachable") ==
        Lines{"ip -brief address", way[0], way[1], way[2]});
}

TEST_CASE("where the ends disagree about each other, what either has for the other is looked at") {
  CHECK(TypedFor(PeerErrorClass::kReceived, "Bad peer AS") ==
        Lines{"ip -brief address", "calicoctl get nodes -o wide", kThere});
  CHECK(TypedFor(PeerErrorClass::kSocket, "Operation not permitted") == Lines{"nft list ruleset"});
}

TEST_CASE("a peer that is not among the sessions leaves BIRD's list of them") {
  const Snapshot node = HealthyNode();
  const Derived derived = Derive(node);
  const PerFamily<BirdView> birds = ViewBirds(node);
  const Recollection before;
  const Commands commands =
      CommandsForSession({*IpAddress::Parse("10.39.1.9"), Family::kIpv4, ""}, {node, birds, derived, before});
  REQUIRE(commands.size() == 1);
  CHECK(commands.front().line.ends_with(" -- birdcl -s /var/run/calico/bird.ctl show protocols"));
}

}  // namespace
}  // namespace caliwatch
