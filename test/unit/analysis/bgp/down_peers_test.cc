// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/down_peers.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

BgpPeer DownPeer() {
  BgpPeer peer = MeshPeer("10.39.1.219");
  peer.state = ProtocolState::kStart;
  peer.bgp_state = BgpState::kActive;
  peer.bgp_state_text = "Active";
  return peer;
}

BirdStatus UpFor(absl::Duration uptime) {
  BirdStatus status;
  status.uptime = uptime;
  return status;
}

size_t CountDown(const BgpPeer& peer, const BirdStatus& status) {
  return DownSessions({{&peer, Diagnose(peer, {}), nullptr}}, status).size();
}

TEST_CASE("a session that is up, held back or just being opened is not down") {
  const BirdStatus old = UpFor(absl::Hours(1));
  BgpPeer peer = DownPeer();
  CHECK(CountDown(peer, old) == 1);
  CHECK(CountDown(peer, UpFor(absl::Seconds(5))) == 0);
  CHECK(CountDown(MeshPeer("10.39.1.219"), old) == 0);
  peer.bgp_state = BgpState::kEstablished;
  peer.state = ProtocolState::kWait;
  CHECK(CountDown(peer, old) == 0);
}

TEST_CASE("what BIRD has given up is down at once") {
  BgpPeer peer = DownPeer();
  peer.state = ProtocolState::kDown;
  peer.error = {PeerErrorClass::kMiscellaneous, "No listening socket"};
  CHECK(CountDown(peer, UpFor(absl::Seconds(5))) == 1);
}

TEST_CASE("a workload that is to speak BGP costs the node no session") {
  BgpPeer peer = DownPeer();
  peer.kind = PeerKind::kLocalWorkload;
  CHECK(CountDown(peer, UpFor(absl::Hours(1))) == 0);
}

TEST_CASE("routes are kept while BIRD waits for the peer to restart, and no longer") {
  BgpPeer peer = DownPeer();
  CHECK_FALSE(AreRoutesKept(peer));
  peer.helper_active = true;
  CHECK(AreRoutesKept(peer));
  peer.state = ProtocolState::kUp;
  peer.bgp_state = BgpState::kEstablished;
  CHECK_FALSE(AreRoutesKept(peer));
}

}  // namespace
}  // namespace caliwatch
