// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/own_address.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

std::optional<IpAddress> LostOn(const Snapshot& node) {
  const Bird& bird = node.birds[Family::kIpv4];
  return LostSource(*bird.status, *bird.peers, *node.addresses, &*node.bgp_sockets);
}

// Its address was replaced, and all sessions ended.
Snapshot NodeWithoutItsAddress() {
  Snapshot node = HealthyNode();
  node.addresses->front().address = *IpAddress::Parse("10.39.1.77");
  for (BgpPeer& peer : *node.birds[Family::kIpv4].peers) {
    peer.state = ProtocolState::kStart;
    peer.bgp_state = BgpState::kActive;
    peer.bgp_state_text = "Active";
    peer.error = {PeerErrorClass::kSocket, "Connection closed"};
  }
  node.bgp_sockets = std::vector<BgpSocket>{Listener()};
  return node;
}

BgpPeer& FirstPeer(Snapshot& node) { return node.birds[Family::kIpv4].peers->front(); }

TEST_CASE("an address that BIRD speaks from and no interface has is lost, whatever the Router ID is") {
  Snapshot node = HealthyNode();
  CHECK_FALSE(LostOn(node));
  FirstPeer(node).source_address = IpAddress::Parse("10.39.1.99").value();
  CHECK(LostOn(node) == IpAddress::Parse("10.39.1.99").value());
  FirstPeer(node).kind = PeerKind::kLocalWorkload;  // to which BIRD speaks from another address
  CHECK_FALSE(LostOn(node));
}

TEST_CASE("without a session the Router ID tells, as long as nothing shows that BIRD speaks from elsewhere") {
  Snapshot node = NodeWithoutItsAddress();
  CHECK(LostOn(node) == IpAddress::Parse("10.39.1.231").value());
  SECTION("a notification came from a peer") { FirstPeer(node).error = {PeerErrorClass::kReceived, "Bad peer AS"}; }
  SECTION("a peer's host refused the call") { FirstPeer(node).error = {PeerErrorClass::kSocket, "Connection refused"}; }
  SECTION("a call is under way") { FirstPeer(node).bgp_state = BgpState::kConnect; }
  SECTION("a session is up from an address of ours") {
    FirstPeer(node).source_address = IpAddress::Parse("10.39.1.77").value();
  }
  CHECK_FALSE(LostOn(node));
}

TEST_CASE("a farewell that a waiting side still shows, and an expired hold timer, prove nothing") {
  Snapshot node = NodeWithoutItsAddress();
  for (const PeerError& error : {PeerError{PeerErrorClass::kReceived, "Administrative shutdown"},
                                 PeerError{PeerErrorClass::kBgp, "Hold timer expired"}}) {
    FirstPeer(node).bgp_state = BgpState::kOther;
    FirstPeer(node).bgp_state_text = "Passive";
    FirstPeer(node).error = error;
    CHECK(LostOn(node));
  }
}

TEST_CASE("a Router ID that is no address of these networks, as a hash of the node's name, is no lost address") {
  Snapshot node = NodeWithoutItsAddress();
  node.birds[Family::kIpv4].status->router_id = "203.77.14.9";
  CHECK_FALSE(LostOn(node));
  node.addresses->push_back({*IpAddress::Parse("203.77.14.1"), 24, RT_SCOPE_UNIVERSE, 0, 9});
  CHECK(LostOn(node));
}

TEST_CASE("a Router ID that is a peer's address is one that both have, and no lost address") {
  Snapshot node = NodeWithoutItsAddress();
  node.birds[Family::kIpv4].status->router_id = FirstPeer(node).address->ToString();
  CHECK_FALSE(LostOn(node));
}

TEST_CASE("a node that has its address, and one whose Router ID is no address, have lost none") {
  Snapshot node = NodeWithoutItsAddress();
  SECTION("it is there") { node.addresses = HealthyNode().addresses; }
  SECTION("no address") { node.birds[Family::kIpv4].status->router_id = "?"; }
  SECTION("no IPv4 peer") {
    for (BgpPeer& peer : *node.birds[Family::kIpv4].peers) peer.address = IpAddress::Parse("fd39::1").value();
  }
  CHECK_FALSE(LostOn(node));
}

}  // namespace
}  // namespace caliwatch
