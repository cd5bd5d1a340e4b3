// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/peer_cause.h"

#include <absl/strings/match.h>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

BgpPeer DownPeer(BgpState state, absl::string_view text, PeerError error = {}) {
  BgpPeer peer = MeshPeer("10.39.1.219");
  peer.state = ProtocolState::kStart;
  peer.bgp_state = state;
  peer.bgp_state_text = std::string(text);
  peer.error = std::move(error);
  return peer;
}

PeerCause CauseAfter(BgpState state, absl::string_view text, PeerError error = {}, SessionSurroundings around = {}) {
  return Diagnose(DownPeer(state, text, std::move(error)), around).cause;
}

const PeerError kRefused{PeerErrorClass::kSocket, "Connection refused"};
const PeerError kShutdown{PeerErrorClass::kReceived, "Administrative shutdown"};

TEST_CASE("BIRD's state tells why, where it has no words") {
  CHECK(CauseAfter(BgpState::kConnect, "Connect") == PeerCause::kNeverAnswered);
  CHECK(CauseAfter(BgpState::kActive, "Active") == PeerCause::kNeverAnswered);
  CHECK(CauseAfter(BgpState::kOther, "Passive") == PeerCause::kPassiveWaiting);
  CHECK(CauseAfter(BgpState::kOpenSent, "OpenSent") == PeerCause::kSilentAfterConnect);
}

TEST_CASE("beyond TCP an error is older than the session, and so are words before a call that nobody answers") {
  CHECK(CauseAfter(BgpState::kOpenSent, "OpenSent", kRefused) == PeerCause::kSilentAfterConnect);
  BgpSocket call = SessionWith("10.39.1.219");
  call.state = TcpState::kSynSent;
  call.retransmits = 1;
  CHECK(CauseAfter(BgpState::kConnect, "Connect", kShutdown, {.socket = &call}) == PeerCause::kShutDownByPeer);
  call.retransmits = 2;
  CHECK(CauseAfter(BgpState::kConnect, "Connect", kShutdown, {.socket = &call}) == PeerCause::kNeverAnswered);
  CHECK(CauseAfter(BgpState::kConnect, "Connect", {PeerErrorClass::kBgp, "Hold timer expired"}, {.socket = &call}) ==
        PeerCause::kHoldTimerExpired);
}

TEST_CASE("a side that only waits was not turned away") {
  CHECK(CauseAfter(BgpState::kOther, "Passive", {PeerErrorClass::kSocket, "Connection closed"}) ==
        PeerCause::kPassiveWaiting);
  const PeerDiagnosis waiting = Diagnose(DownPeer(BgpState::kOther, "Passive", kShutdown), {});
  CHECK(waiting.cause == PeerCause::kPassiveWaiting);
  CHECK(absl::StrContains(waiting.detail, "Administrative shutdown"));
  CHECK(absl::StrContains(waiting.remedy, "old configuration"));
}

TEST_CASE("a protocol that an error took down is not disabled") {
  BgpPeer peer = DownPeer(BgpState::kOther, "", {PeerErrorClass::kMiscellaneous, "No listening socket"});
  peer.state = ProtocolState::kDown;
  CHECK(Diagnose(peer, {}).cause == PeerCause::kNotListening);
  peer.error = {};
  CHECK(Diagnose(peer, {}).cause == PeerCause::kDisabled);
}

TEST_CASE("a connection to the peer's port that BIRD does not have is another program's") {
  const BgpSocket socket = SessionWith("10.39.1.219");
  CHECK(CauseAfter(BgpState::kActive, "Active", kRefused, {.socket = &socket}) == PeerCause::kAnotherSpeaker);
  CHECK(CauseAfter(BgpState::kOpenSent, "OpenSent", {}, {.socket = &socket}) == PeerCause::kSilentAfterConnect);
  CHECK(CauseAfter(BgpState::kOther, "Close", kRefused, {.socket = &socket}) == PeerCause::kRefused);
  BgpPeer lost = DownPeer(BgpState::kActive, "Active", kRefused);
  lost.age = absl::Seconds(1);  // and the sockets were read before
  CHECK(Diagnose(lost, {.socket = &socket}).cause == PeerCause::kRefused);
  BgpSocket incoming = socket;
  std::swap(incoming.local_port, incoming.remote_port);
  CHECK(CauseAfter(BgpState::kOther, "Passive", {}, {.socket = &incoming}) == PeerCause::kPassiveWaiting);
}

TEST_CASE("a peer with an address of this node's is the node itself") {
  Snapshot node = HealthyNode();
  node.addresses->push_back({*IpAddress::Parse("10.39.1.219"), 24, RT_SCOPE_UNIVERSE, 0, 2});
  const OwnAddresses own = OwnAddressesOf(*node.addresses);
  CHECK(CauseAfter(BgpState::kActive, "Active", {PeerErrorClass::kBgp, "Bad BGP identifier"}, {.addresses = &own}) ==
        PeerCause::kIsOurselves);
}

TEST_CASE("an address that was lost explains the sessions of its family, not BIRD's words") {
  const SessionSurroundings around{.lost_source = *IpAddress::Parse("10.39.1.231")};
  const PeerDiagnosis diagnosis =
      Diagnose(DownPeer(BgpState::kActive, "Active", {PeerErrorClass::kSocket, "Connection closed"}), around);
  CHECK(diagnosis.cause == PeerCause::kSourceNotLocal);
  CHECK(absl::StrContains(diagnosis.detail, "10.39.1.231 is on none of its interfaces"));
  BgpPeer ipv6 = DownPeer(BgpState::kActive, "Active", {PeerErrorClass::kSocket, "Connection closed"});
  ipv6.address = IpAddress::Parse("fd39:1::219").value();
  CHECK(Diagnose(ipv6, around).cause == PeerCause::kClosedByPeer);
}

TEST_CASE("of an AS mismatch it is told whose number is refused") {
  BgpPeer peer = DownPeer(BgpState::kActive, "Active", {PeerErrorClass::kReceived, "Bad peer AS"});
  peer.local_as = 64777;
  CHECK(Diagnose(peer, {}).detail ==
        "the peer refuses this node's AS number, 64777: it expects another one (\"Bad peer AS\")");
  peer.error.error_class = PeerErrorClass::kBgp;
  CHECK(Diagnose(peer, {}).detail == "the peer has another AS number than this node expects, 64512 (\"Bad peer AS\")");
}

TEST_CASE("words that are in no table are told as they are") {
  CHECK(Diagnose(DownPeer(BgpState::kIdle, "Idle", {PeerErrorClass::kReceived, "Unknown error 9.9"}), {}).detail ==
        "not established: start Idle, Unknown error 9.9");
}

}  // namespace
}  // namespace caliwatch
