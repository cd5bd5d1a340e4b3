// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/peer_history.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node, const Recollection& before = {}) {
  return JudgeBy("bgp_source_address_not_local", node, before);
}

std::vector<BgpPeer>& PeersOf(Snapshot& node) { return *node.birds[Family::kIpv4].peers; }

// As seed 002 has it: the address moved to another one, and all sessions are gone.
Snapshot NodeWithoutItsAddress() {
  Snapshot node = HealthyNode();
  node.addresses->front().address = *IpAddress::Parse("10.39.1.77");
  for (BgpPeer& peer : PeersOf(node)) {
    peer.state = ProtocolState::kStart;
    peer.bgp_state = BgpState::kActive;
    peer.bgp_state_text = "Active";
    peer.source_address.reset();
    peer.error = {PeerErrorClass::kSocket, "Connection closed"};
  }
  node.bgp_sockets = std::vector<BgpSocket>{Listener()};
  return node;
}

TEST_CASE("a node that has its BGP address has nothing to report") { CHECK(Run(HealthyNode())->empty()); }

TEST_CASE("a Router ID on no interface is named, with what the node has instead, and the peers it costs") {
  Snapshot node = NodeWithoutItsAddress();
  node.addresses->push_back({*IpAddress::Parse("127.0.0.1"), 8, RT_SCOPE_HOST, 0, 1});
  node.addresses->push_back({*IpAddress::Parse("fd39:1::231"), 64, RT_SCOPE_UNIVERSE, 0, 2});
  const JudgedTexts judgement = Run(node);
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front() ==
        FindingText{"10.39.1.231",
                    "BIRD speaks BGP as this address, which no interface of the node has (it has: 10.39.1.77); 0 of 2 "
                    "sessions are still up",
                    "",
                    {"10.39.1.219", "10.39.1.36"}});
}

TEST_CASE("it is found while the sessions are still up, by their source address") {
  Snapshot node = HealthyNode();
  node.addresses->front().address = *IpAddress::Parse("10.39.1.77");
  for (BgpPeer& peer : PeersOf(node)) peer.source_address = IpAddress::Parse("10.39.1.231").value();
  const JudgedTexts judgement = Run(node);
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().detail.find("2 of 2 sessions are still up") != std::string::npos);
  CHECK(judgement->front().related.empty());
}

TEST_CASE("a Router ID that was chosen apart from the address is no fault") {
  Snapshot node = NodeWithoutItsAddress();
  SECTION("a session is up from an address of ours") {
    PeersOf(node).front().source_address = IpAddress::Parse("10.39.1.77").value();
  }
  SECTION("a session is being opened from one") {
    BgpSocket call = SessionWith("10.39.1.219");
    call.state = TcpState::kSynSent;
    call.local = *IpAddress::Parse("10.39.1.77");
    node.bgp_sockets->push_back(call);
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("for IPv6 the Router ID tells nothing of the address") {
  Snapshot node = NodeWithoutItsAddress();
  for (BgpPeer& peer : PeersOf(node)) peer.address = IpAddress::Parse("fd39:1::7").value();
  CHECK(Run(node)->empty());
}

TEST_CASE("the address that an IPv6 session spoke from is remembered when it is gone") {
  Snapshot node = NodeWithoutItsAddress();
  std::vector<BgpPeer>& peers = PeersOf(node);
  for (BgpPeer& peer : peers) peer.address = IpAddress::Parse("fd39:1::7").value();
  Recollection before;
  before.birds[Family::kIpv4].last_source = {{peers.back().name, *IpAddress::Parse("fd39:1::231")}};
  REQUIRE(Run(node, before)->size() == 1);
  CHECK(Run(node, before)->front().subject == "fd39:1::231");
  peers.back().kind = PeerKind::kLocalWorkload;  // to which BIRD speaks from another address
  CHECK(Run(node, before)->empty());
  peers.back().kind = PeerKind::kMesh;
  peers.back().source_address = IpAddress::Parse("10.39.1.77").value();  // it is up again, from an address of ours
  CHECK(Run(node, before)->empty());
}

TEST_CASE("a source address is remembered until BIRD reads another configuration") {
  Snapshot node = HealthyNode();
  BirdStatus& status = *node.birds[Family::kIpv4].status;
  status.since_reconfiguration = absl::Hours(1);
  PeersOf(node).front().source_address = IpAddress::Parse("10.39.1.231").value();
  PeerHistory history;
  std::map<PeerKey, uint64_t> flaps;
  history.Follow(ViewBirds(node), Journal(), flaps);
  PeersOf(node).front().source_address.reset();
  node.boot_time += absl::Seconds(5);
  history.Follow(ViewBirds(node), Journal(), flaps);
  CHECK(history.SourceAddresses(Family::kIpv4, status, node.boot_time).size() == 1);
  status.since_reconfiguration = absl::Seconds(2);
  CHECK(history.SourceAddresses(Family::kIpv4, status, node.boot_time).empty());
}

TEST_CASE("an address that another machine answers for is left to that") {
  Snapshot node = NodeWithoutItsAddress();
  node.neighbors->push_back(NeighborEntry("10.39.1.231", 2, NUD_STALE));
  node.neighbors->back().mac = MacAddress{2, 0, 0, 0, 0, 0x77};
  SECTION("a machine that is no node") {}
  SECTION("a node that this one has routes by") { (*node.neighbors)[2].mac = node.neighbors->back().mac; }
  SECTION("and none that is the router") { node.neighbors->push_back(NeighborEntry("10.39.1.1", 2)); }
  const JudgedTexts judgement = Run(node);
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().detail.find("; another machine has it now: 02:00:00:00:00:77 answers for it on eth0") !=
        std::string::npos);
  CHECK(judgement->front().remedy.find("Leave the address to the machine that has it") == 0);
  CHECK(judgement->front().remedy.find("ip address add") == std::string::npos);
}

TEST_CASE("a neighbor entry that shows no other machine changes nothing") {
  Snapshot node = NodeWithoutItsAddress();
  Neighbor entry = NeighborEntry("10.39.1.231", 2, NUD_REACHABLE);
  entry.mac = MacAddress{2, 0, 0, 0, 0, 0x77};
  SECTION("nobody answered") { entry.state = NUD_FAILED; }
  SECTION("a router answers for all") {
    node.neighbors->push_back(NeighborEntry("10.39.1.1", 2));
    node.neighbors->back().mac = entry.mac;
  }
  node.neighbors->push_back(entry);
  CHECK(Run(node)->front().remedy.empty());
}

TEST_CASE("a lost address is found also while nobody can say who has it now") {
  Snapshot node = NodeWithoutItsAddress();
  node.neighbors = absl::UnavailableError("gone");
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("a node without BIRD has no BGP address to lose") {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4] = node.birds[Family::kIpv6];
  CHECK(Run(node)->empty());
}

TEST_CASE("while BIRD, addresses or sockets cannot be read, it is unknown") {
  const absl::Status gone = absl::UnavailableError("gone");
  Snapshot node = HealthyNode();
  SECTION("BIRD") { node.birds[Family::kIpv4] = {gone, gone, gone}; }
  SECTION("addresses") { node.addresses = gone; }
  SECTION("sockets") { node.bgp_sockets = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
