// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/known_address.h"

#include "test/support/catch.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

constexpr int kDocker0 = 9;

IpAddress At(absl::string_view text) { return *IpAddress::Parse(text); }

std::vector<BgpPeer>& PeersOf(Snapshot& node) { return *node.birds[Family::kIpv4].peers; }

// Calico took the address of docker0: no session was ever up.
Snapshot NodeOfDocker0() {
  Snapshot node = HealthyNode();
  Link docker0 = WorkloadLink(kDocker0, "docker0");
  docker0.kind = "bridge";
  node.links->push_back(docker0);
  node.addresses->push_back({At("172.17.0.1"), 16, RT_SCOPE_UNIVERSE, 0, kDocker0});
  node.birds[Family::kIpv4].status->router_id = "172.17.0.1";
  for (BgpPeer& peer : PeersOf(node)) peer.bgp_state = BgpState::kActive;
  node.bgp_sockets->clear();
  return node;
}

std::optional<KnownAddress> Known(const Snapshot& node, const BirdRecollection& before = {}) {
  const PerFamily<BirdView> birds = ViewBirds(node);
  const Derived derived = Derive(node);
  const Recollection recollection;
  return *FaultyAddress({node, birds, derived, recollection}, {birds[Family::kIpv4], before});
}

TEST_CASE("a healthy node is known by a right address") { CHECK_FALSE(Known(HealthyNode())); }

TEST_CASE("with no session it is known by BIRD's Router ID, where an interface has that") {
  const auto known = Known(NodeOfDocker0());
  REQUIRE(known);
  CHECK(known->address == At("172.17.0.1"));
  CHECK(known->fault.problem == AddressProblem::kElsewhere);
  CHECK(known->sessions_up == 0);
  CHECK_FALSE(known->has_worked);
  CHECK_FALSE(known->by_ipip);
}

TEST_CASE("a Router ID that is no address of the node's tells nothing") {
  Snapshot node = NodeOfDocker0();
  node.birds[Family::kIpv4].status->router_id = "203.0.113.7";
  CHECK_FALSE(Known(node));
}

TEST_CASE("what a session is spoken or opened from goes before the Router ID") {
  Snapshot node = NodeOfDocker0();
  SECTION("spoken") { PeersOf(node).front().source_address = At("10.39.1.231"); }
  SECTION("opened") {
    BgpSocket call = SessionWith("10.39.1.219");
    call.state = TcpState::kSynSent;
    node.bgp_sockets->push_back(call);
  }
  CHECK_FALSE(Known(node));
}

TEST_CASE("an address that a session was up from has worked") {
  Snapshot node = NodeOfDocker0();
  BirdRecollection before;
  before.last_source = {{PeersOf(node).front().name, At("172.17.0.1")}};
  CHECK(Known(node, before)->has_worked);
}

TEST_CASE("what BIRD speaks to a workload from is not the node's address") {
  Snapshot node = NodeOfDocker0();
  node.birds[Family::kIpv4].status->router_id = "10.39.1.231";
  BgpPeer& peer = PeersOf(node).front();
  peer.kind = PeerKind::kLocalWorkload;
  peer.source_address = At("172.17.0.1");
  CHECK_FALSE(Known(node));
}

TEST_CASE("a node without routes to others is judged by its peers") {
  Snapshot node = NodeOfDocker0();
  std::erase_if(*node.routes, [](const Route& route) { return route.protocol == RTPROT_BIRD; });
  for (BgpPeer& peer : PeersOf(node)) peer.kind = PeerKind::kGlobal;
  CHECK(Known(node)->address == At("172.17.0.1"));
}

TEST_CASE("the remedy keeps the address that is taken, and its network goes") {
  AddressFault fault{AddressProblem::kNotSource, "eth0"};
  fault.instead = Address{At("10.39.1.200"), 25};
  const std::string remedy = SourceRemedy(fault);
  CHECK(remedy.find("ip address add 10.39.1.200/32 dev eth0 && ip address del 10.39.1.200/25 dev eth0") !=
        std::string::npos);
}

}  // namespace
}  // namespace caliwatch
