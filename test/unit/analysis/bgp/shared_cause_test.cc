// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/shared_cause.h"

#include <absl/strings/match.h>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

// Sessions with three peers of a family, all down in the same way.
struct Cluster {
  std::vector<BgpPeer> peers = {MeshPeer("10.39.1.219"), MeshPeer("10.39.1.36"), MeshPeer("10.39.1.40")};
  std::vector<BgpPeer> ipv6 = {MeshPeer("fd39:1::219")};
  std::vector<Address> addresses = *HealthyNode().addresses;

  void TakeDown(BgpPeer& peer, PeerError error, absl::string_view state = "Active") {
    peer.state = ProtocolState::kStart;
    peer.bgp_state = state == "Passive" ? BgpState::kOther : BgpState::kActive;
    peer.bgp_state_text = std::string(state);
    peer.error = std::move(error);
  }
  void TakeAllDown(const PeerError& error) {
    for (BgpPeer& peer : peers) TakeDown(peer, error);
  }
  void GiveUp(BgpPeer& peer, absl::string_view error) {
    peer.state = ProtocolState::kDown;
    peer.bgp_state = BgpState::kOther;
    peer.error = {PeerErrorClass::kMiscellaneous, std::string(error)};
  }
  std::optional<SharedCause> Cause() const {
    Sessions sessions;
    const OwnAddresses own = OwnAddressesOf(addresses);
    const SessionSurroundings around{.addresses = &own};
    for (const BgpPeer& peer : peers) sessions[Family::kIpv4].push_back({&peer, Diagnose(peer, around), nullptr});
    for (const BgpPeer& peer : ipv6) sessions[Family::kIpv6].push_back({&peer, Diagnose(peer, around), nullptr});
    return SharedCauseOf(Family::kIpv4, sessions, addresses);
  }
};

TEST_CASE("healthy sessions, and one that is down alone, share no cause") {
  Cluster cluster;
  CHECK_FALSE(cluster.Cause());
  cluster.TakeDown(cluster.peers[0], {PeerErrorClass::kSocket, "Connection closed"});
  CHECK_FALSE(cluster.Cause());
}

TEST_CASE("a BIRD that cannot listen says so for all its sessions at once") {
  Cluster cluster;
  for (BgpPeer& peer : cluster.peers) cluster.GiveUp(peer, "No listening socket");
  const auto cause = cluster.Cause();
  REQUIRE(cause);
  CHECK(cause->hit.size() == 3);
  CHECK(absl::StrContains(cause->detail, "port 179"));
  CHECK(absl::StrContains(cause->remedy, "ss -tlnp"));
}

TEST_CASE("keys that the kernel refused are one cause for the peers with a password, while others are up") {
  Cluster cluster;
  cluster.GiveUp(cluster.peers[0], "Kernel MD5 auth failed");
  cluster.GiveUp(cluster.peers[1], "Authentication failed");
  const auto cause = cluster.Cause();
  REQUIRE(cause);
  CHECK(cause->hit.size() == 2);
  CHECK(absl::StrContains(cause->remedy, "net.core.optmem_max"));
}

TEST_CASE("when every peer turns the node away, it is the node that they do not know") {
  Cluster cluster;
  cluster.TakeDown(cluster.peers[0], {PeerErrorClass::kSocket, "Connection closed"});
  cluster.TakeDown(cluster.peers[1], {PeerErrorClass::kSocket, "Connection reset by peer"});
  CHECK_FALSE(cluster.Cause());  // the third is up
  cluster.TakeDown(cluster.peers[2], {}, "Passive");
  const auto cause = cluster.Cause();
  REQUIRE(cause);
  CHECK(cause->hit.size() == 3);
  CHECK(absl::StrContains(cause->detail, "every peer turns this node away"));
}

TEST_CASE("one AS number that no peer takes is one cause") {
  Cluster cluster;
  cluster.TakeAllDown({PeerErrorClass::kReceived, "Bad peer AS"});
  REQUIRE(cluster.Cause());
  CHECK(absl::StrContains(cluster.Cause()->detail, "AS number"));
}

TEST_CASE("a family of which nothing comes through is the cause, where the other family's sessions are up") {
  Cluster cluster;
  cluster.TakeAllDown({PeerErrorClass::kSocket, "Host is unreachable"});
  REQUIRE(cluster.Cause());
  CHECK(absl::StrContains(cluster.Cause()->detail, "no IPv4 comes through"));
  SECTION("one of them is") { cluster.peers[0] = MeshPeer("10.39.1.219"); }
  SECTION("the other family has no session either") { cluster.ipv6.clear(); }
  SECTION("the other family has but a workload's") { cluster.ipv6[0].kind = PeerKind::kLocalWorkload; }
  CHECK_FALSE(cluster.Cause());
}

TEST_CASE("a family whose sessions have just fallen silent together may have them back at once") {
  Cluster cluster;
  cluster.TakeAllDown({PeerErrorClass::kBgp, "Hold timer expired"});
  for (BgpPeer& peer : cluster.peers) peer.age = absl::Seconds(40);
  CHECK(cluster.Cause());
  cluster.peers[1].age = absl::Seconds(5);
  CHECK_FALSE(cluster.Cause());
}

TEST_CASE("peers whose addresses are of another network of this node than it speaks from are mixed up") {
  Cluster cluster;
  cluster.addresses.push_back({*IpAddress::Parse("172.16.0.231"), 24, RT_SCOPE_UNIVERSE, 0, 9});
  cluster.peers[0].source_address = IpAddress::Parse("10.39.1.231").value();
  for (size_t i : {1, 2}) {
    cluster.peers[i].address = IpAddress::Parse(i == 1 ? "172.16.0.36" : "172.16.0.40").value();
    cluster.TakeDown(cluster.peers[i], {PeerErrorClass::kSocket, "Connection closed"});
  }
  const auto cause = cluster.Cause();
  REQUIRE(cause);
  CHECK(cause->hit.size() == 2);
  CHECK(absl::StrContains(cause->detail, "172.16.0.231"));
  // A wider network has them, too: the narrower one is theirs.
  cluster.addresses.push_back({*IpAddress::Parse("172.16.9.1"), 16, RT_SCOPE_UNIVERSE, 0, 2});
  REQUIRE(cluster.Cause());
  std::swap(cluster.addresses.back(), cluster.addresses[cluster.addresses.size() - 2]);
  REQUIRE(cluster.Cause());
  std::erase_if(cluster.addresses, [](const Address& address) { return address.link == 9; });
  CHECK_FALSE(cluster.Cause());
  cluster.addresses.pop_back();  // then they are merely elsewhere
  CHECK_FALSE(cluster.Cause());
}

TEST_CASE("peers that somebody disabled, and workloads, share nothing") {
  Cluster cluster;
  cluster.TakeAllDown({PeerErrorClass::kSocket, "Connection closed"});
  cluster.peers[0].kind = PeerKind::kLocalWorkload;
  cluster.peers[1].state = ProtocolState::kDown;
  cluster.peers[1].error = {};
  CHECK_FALSE(cluster.Cause());
}

}  // namespace
}  // namespace caliwatch
