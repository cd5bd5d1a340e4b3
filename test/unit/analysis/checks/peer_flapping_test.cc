// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/peer_history.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts RunWith(const Snapshot& node, std::vector<FlappingPeer> peers = {}) {
  Recollection before;
  before.birds[Family::kIpv4].flapping_peers = std::move(peers);
  return JudgeBy("peer_flapping", node, before);
}

// A node whose first peer's session comes and goes, poll by poll.
struct FlappingNode {
  Snapshot node = HealthyNode();
  PeerHistory history;
  std::map<PeerKey, uint64_t> flaps;

  void Poll(absl::Duration later, bool up) {
    node.boot_time += later;
    node.taken_at += later;
    BgpPeer& peer = node.birds[Family::kIpv4].peers->front();
    peer.state = up ? ProtocolState::kUp : ProtocolState::kStart;
    peer.bgp_state = up ? BgpState::kEstablished : BgpState::kConnect;
    peer.age = absl::Seconds(1);
    history.Follow(ViewBirds(node), Journal(), flaps);
  }
  JudgedTexts Run() const { return RunWith(node, history.Flapping(Family::kIpv4, node.boot_time)); }
  void Flap(absl::Duration later) {
    Poll(later, true);
    Poll(absl::Seconds(5), false);
  }
};

TEST_CASE("a session that stays is no flapping one") { CHECK(RunWith(HealthyNode())->empty()); }

TEST_CASE("two losses are bad luck, the third within a quarter of an hour is a pattern") {
  FlappingNode flapping;
  flapping.Flap(absl::Seconds(60));
  flapping.Flap(absl::Seconds(60));
  CHECK(flapping.Run()->empty());
  flapping.node.birds[Family::kIpv4].peers->front().last_error = {PeerErrorClass::kBgp, "Hold timer expired"};
  flapping.Flap(absl::Seconds(60));
  CHECK(*flapping.Run() == std::vector<FindingText>{{"10.39.1.219",
                                                     "its session was lost 3 times within 2m10s; BIRD's last word on "
                                                     "it: Hold timer expired"}});
}

TEST_CASE(
    "while a session comes and goes it is one finding, up or down; once it stays down it is a session that is down") {
  FlappingNode flapping;
  for (int i = 0; i < 3; ++i) flapping.Flap(absl::Seconds(10));
  CHECK(flapping.Run()->size() == 1);
  flapping.Poll(absl::Seconds(5), true);
  CHECK(flapping.Run()->size() == 1);
  flapping.Poll(absl::Seconds(5), false);
  flapping.Poll(absl::Seconds(59), false);
  CHECK(flapping.Run()->size() == 1);
  flapping.Poll(absl::Seconds(1), false);
  CHECK(flapping.Run()->empty());
}

TEST_CASE("losses that lie far apart are no pattern, and five quiet minutes end one") {
  FlappingNode flapping;
  SECTION("far apart") {
    for (int i = 0; i < 5; ++i) flapping.Flap(absl::Minutes(8));
    CHECK(flapping.Run()->empty());
  }
  SECTION("quiet again") {
    for (int i = 0; i < 3; ++i) flapping.Flap(absl::Seconds(60));
    flapping.Poll(absl::Minutes(4), true);
    CHECK(flapping.Run()->size() == 1);
    flapping.Poll(absl::Minutes(1), true);
    CHECK(flapping.Run()->empty());
  }
}

TEST_CASE("sessions that went with our own BIRD are not their peers' fault") {
  FlappingNode flapping;
  flapping.node.birds[Family::kIpv4].status->uptime = absl::Seconds(10);
  for (int i = 0; i < 5; ++i) flapping.Flap(absl::Seconds(60));
  CHECK(flapping.Run()->empty());
}

TEST_CASE("a peer that was taken out of the configuration no longer flaps") {
  CHECK(RunWith(HealthyNode(), {{"Mesh_10_39_1_53", 3, absl::Minutes(2)}})->empty());
}

TEST_CASE("flapping is unknown while BIRD cannot be read; without BIRD there is nothing to flap") {
  const absl::Status gone = absl::UnavailableError("gone");
  Snapshot node = HealthyNode();
  SECTION("unreadable") {
    node.birds[Family::kIpv4] = {gone, gone, gone};
    CHECK(RunWith(node).status() == gone);
  }
  SECTION("absent") {
    node.birds[Family::kIpv4] = node.birds[Family::kIpv6];
    CHECK(RunWith(node)->empty());
  }
}

}  // namespace
}  // namespace caliwatch
