// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("peer_routes_ignored", node); }

Snapshot NodeThatIgnoresAll() {
  Snapshot node = HealthyNode();
  BgpPeer& peer = node.birds[Family::kIpv4].peers->front();
  peer.routes = RouteCounts{};
  peer.imports = ImportUpdates{.received = 4, .ignored = 4};
  return node;
}

TEST_CASE("a peer all of whose routes BIRD ignores is named, with how many it announced") {
  const JudgedTexts judgement = Run(NodeThatIgnoresAll());
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().subject == "10.39.1.219");
  CHECK(judgement->front().detail.find("of the 4 routes that it announced BIRD took none") != std::string::npos);
}

TEST_CASE("a peer that is known to be of another AS is judged as one of which nothing is known") {
  Snapshot node = NodeThatIgnoresAll();
  node.birds[Family::kIpv4].peers->front().local_as = 64999;
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("a peer of whose routes BIRD took one, now or before, one that tells none, and one that is down is well") {
  CHECK(Run(HealthyNode())->empty());
  Snapshot node = NodeThatIgnoresAll();
  BgpPeer& peer = node.birds[Family::kIpv4].peers->front();
  SECTION("now") { peer.routes->imported = 1; }
  SECTION("kept by a filter") { peer.routes->filtered = 1; }
  SECTION("before") { peer.imports->accepted = 1; }
  SECTION("none told") { peer.imports = ImportUpdates{}; }
  SECTION("of the same AS") { peer.local_as = peer.remote_as; }
  SECTION("not counted") { peer.imports.reset(); }
  SECTION("none counted") { peer.routes.reset(); }
  SECTION("down") { peer.state = ProtocolState::kStart; }
  CHECK(Run(node)->empty());
}

TEST_CASE(
    "ignored routes: while BIRD does not answer they cannot be judged, and without one there is nothing to judge") {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].peers = absl::DeadlineExceededError("silent");
  CHECK(absl::IsDeadlineExceeded(Run(node).status()));
  node.birds[Family::kIpv4] = node.birds[Family::kIpv6];
  CHECK(Run(node)->empty());
}

}  // namespace
}  // namespace caliwatch
