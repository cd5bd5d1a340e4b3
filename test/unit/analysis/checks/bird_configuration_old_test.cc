// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node, ConfigSigns signs = {}) {
  Recollection before;
  before.birds[Family::kIpv4].config = std::move(signs);
  return JudgeBy("bird_configuration_old", node, before);
}

const ConfigSigns kCalled{std::nullopt, {{*IpAddress::Parse("10.39.1.53"), 7, absl::Seconds(45)}}, 0};

// Felix leads the routes, one of them to a node that BIRD has no peer for.
Snapshot NodeWithUnknownNode() {
  Snapshot node = HealthyNode();
  for (Route& route : *node.routes)
    if (route.protocol == RTPROT_BIRD) route.protocol = 80;
  node.birds[Family::kIpv4].peers->pop_back();
  node.birds[Family::kIpv4].status->since_reconfiguration = absl::Hours(1);
  return node;
}

TEST_CASE("a BIRD that nobody calls in vain has its current configuration") { CHECK(Run(HealthyNode())->empty()); }

TEST_CASE("calls from addresses without a peer are told, with the peers that wait in vain meanwhile") {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].status->since_reconfiguration = absl::Minutes(9);
  JudgedTexts judgement = Run(node, kCalled);
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().detail ==
        "BIRD turns away calls from addresses that it has no peer for, again and again: 10.39.1.53 (7 times within 45 "
        "s). Its configuration is 9m old");
  CHECK(judgement->front().related == std::vector<std::string>{"10.39.1.53"});
  BgpPeer& waiting = node.birds[Family::kIpv4].peers->front();
  waiting.state = ProtocolState::kStart;
  waiting.bgp_state = BgpState::kActive;  // it calls by itself
  CHECK(Run(node, kCalled)->front().related == std::vector<std::string>{"10.39.1.53"});
  waiting.bgp_state = BgpState::kOther;
  waiting.bgp_state_text = "Passive";
  CHECK(Run(node, kCalled)->front().related == std::vector<std::string>{"10.39.1.219", "10.39.1.53"});
  node.birds[Family::kIpv4].peers->back() = waiting;  // more wait than call: it may be another fault
  CHECK(Run(node, kCalled)->front().related == std::vector<std::string>{"10.39.1.53"});
}

TEST_CASE("five callers are named, and more are counted") {
  ConfigSigns signs;
  for (const char* caller : {"10.39.2.1", "10.39.2.2", "10.39.2.3", "10.39.2.4", "10.39.2.5"})
    signs.callers.push_back({*IpAddress::Parse(caller), 3, absl::Seconds(9)});
  CHECK(Run(HealthyNode(), signs)->front().detail.ends_with("10.39.2.5 (3 times within 9 s)"));
  signs.callers.push_back(signs.callers.front());
  CHECK(Run(HealthyNode(), signs)->front().detail.ends_with("10.39.2.5 (3 times within 9 s) and 1 more"));
}

TEST_CASE("a refused configuration is told in BIRD's words") {
  const JudgedTexts judgement = Run(HealthyNode(), {"bird.cfg:3:1 syntax error", {}, 0});
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().detail ==
        "BIRD refused the configuration that it was given last (bird.cfg:3:1 syntax error) and goes on with the one "
        "before");
}

TEST_CASE("a node that Felix has routes to, and BIRD no peer for, is unknown to BIRD") {
  Snapshot node = NodeWithUnknownNode();
  const JudgedTexts judgement = Run(node);
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().detail.find("10.39.1.36") != std::string::npos);
  SECTION("nobody knows since when BIRD has its configuration") {
    node.birds[Family::kIpv4].status->since_reconfiguration.reset();
  }
  SECTION("confd may be about to follow") {
    node.birds[Family::kIpv4].status->since_reconfiguration = absl::Seconds(29);
  }
  SECTION("without a mesh, not every node is a peer") {
    for (BgpPeer& peer : *node.birds[Family::kIpv4].peers) peer.kind = PeerKind::kGlobal;
  }
  SECTION("BIRD has them all") { node.birds[Family::kIpv4].peers = HealthyNode().birds[Family::kIpv4].peers; }
  SECTION("routes cannot be read") { node.routes = absl::UnavailableError("not read"); }
  CHECK(Run(node)->empty());
}

TEST_CASE("confd has followed after half a minute, and nodes that it does not have to make peers of are not missed") {
  Snapshot node = NodeWithUnknownNode();
  node.birds[Family::kIpv4].status->since_reconfiguration = absl::Seconds(30);
  Route other_family = BlockRoute("fd10::40/122", "fd39:1::36");
  other_family.protocol = 80;
  AddRoute(node, other_family);
  AddRoute(node, BlockRoute("192.168.77.0/26", "10.39.1.77"));  // BIRD's, by way of a reflector
  node.birds[Family::kIpv4].peers->push_back(MeshPeer("10.39.1.53"));
  node.birds[Family::kIpv4].peers->back().address.reset();
  CHECK(Run(node)->front().detail.find("BIRD has no peer for: 10.39.1.36. Its") != std::string::npos);
}

TEST_CASE(
    "an old configuration: while BIRD does not answer it cannot be judged, and without one there is nothing to judge") {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].peers = absl::DeadlineExceededError("silent");
  CHECK(absl::IsDeadlineExceeded(Run(node).status()));
  node.birds[Family::kIpv4] = node.birds[Family::kIpv6];
  CHECK(Run(node)->empty());
}

}  // namespace
}  // namespace caliwatch
