// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("local_workload_peer_down", node); }

Snapshot NodeWithWorkloadPeer(absl::Duration age) {
  Snapshot node = HealthyNode();
  BgpPeer& peer = node.birds[Family::kIpv4].peers->emplace_back(MeshPeer("192.168.231.1"));
  peer.name = "Local_Workload_192_168_231_1";
  peer.kind = PeerKind::kLocalWorkload;
  peer.state = ProtocolState::kStart;
  peer.bgp_state = BgpState::kConnect;
  peer.bgp_state_text = "Connect";
  peer.age = age;
  return node;
}

TEST_CASE("a workload is given ten minutes to speak BGP") {
  CHECK(Run(NodeWithWorkloadPeer(absl::Seconds(599)))->empty());
  const JudgedTexts judgement = Run(NodeWithWorkloadPeer(absl::Minutes(10)));
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().subject == "192.168.231.1");
}

TEST_CASE("one that speaks BGP, one of unknown age and any other peer is not meant") {
  Snapshot node = NodeWithWorkloadPeer(absl::Hours(1));
  BgpPeer& peer = node.birds[Family::kIpv4].peers->back();
  REQUIRE(Run(node)->size() == 1);
  SECTION("up") {
    peer.state = ProtocolState::kUp;
    peer.bgp_state = BgpState::kEstablished;
  }
  SECTION("unknown age") { peer.age.reset(); }
  SECTION("a node of the mesh") { peer.kind = PeerKind::kMesh; }
  CHECK(Run(node)->empty());
}

TEST_CASE(
    "workloads that speak BGP: while BIRD does not answer they cannot be judged, and without one there is nothing to "
    "judge") {
  Snapshot node = NodeWithWorkloadPeer(absl::Seconds(1));
  node.birds[Family::kIpv4].peers = absl::DeadlineExceededError("silent");
  CHECK(absl::IsDeadlineExceeded(Run(node).status()));
  node.birds[Family::kIpv4] = node.birds[Family::kIpv6];
  CHECK(Run(node)->empty());
}

}  // namespace
}  // namespace caliwatch
