// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

Snapshot NodeWithTimer(int remaining, int total) {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].peers->front().hold_timer = Timer{absl::Seconds(remaining), absl::Seconds(total)};
  return node;
}

JudgedTexts Run(const Snapshot& node) { return JudgeBy("peer_hold_timer_low", node); }

TEST_CASE("a timer between two keepalives is not low") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(NodeWithTimer(100, 240))->empty());  // restarted at 180, 80 s ago
  CHECK(Run(NodeWithTimer(79, 240))->empty());
  CHECK(Run(NodeWithTimer(1, 4))->empty());  // BIRD prints whole seconds: this may be 2
}

TEST_CASE("a timer of which less than a third is left means a silent peer") {
  CHECK(*Run(NodeWithTimer(78, 240)) ==
        std::vector<FindingText>{
            {"10.39.1.219", "has said nothing for long: the session ends in 78 s (hold time 240 s)"}});
}

TEST_CASE("a session that is not established has no hold timer to watch, nor one that agreed on none") {
  Snapshot node = NodeWithTimer(10, 240);
  BgpPeer& peer = node.birds[Family::kIpv4].peers->front();
  SECTION("not established") { peer.bgp_state = BgpState::kOpenSent; }
  SECTION("none") { peer.hold_timer.reset(); }
  CHECK(Run(node)->empty());
}

TEST_CASE("hold timers are unknown while BIRD cannot be read, and none where it does not run") {
  const absl::Status gone = absl::UnavailableError("gone");
  Snapshot node = NodeWithTimer(10, 240);
  SECTION("unreadable") {
    node.birds[Family::kIpv4] = {gone, gone, gone};
    CHECK(Run(node).status() == gone);
  }
  SECTION("absent") {
    node.birds[Family::kIpv4] = node.birds[Family::kIpv6];
    CHECK(Run(node)->empty());
  }
}

}  // namespace
}  // namespace caliwatch
