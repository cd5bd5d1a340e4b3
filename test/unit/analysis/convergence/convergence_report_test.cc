// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/convergence/convergence_report.h"

#include "test/support/catch.h"
#include "test/support/restarting_node.h"

namespace caliwatch {
namespace {

ConvergenceReport Report(RestartingNode& node) {
  const Snapshot seen = node.Look();
  PerFamily<ConvergenceState> states;
  states[Family::kIpv4] = node.state;
  PerFamily<bool> expected{};
  expected[Family::kIpv4] = true;
  return FollowConvergence(states, expected, ViewBirds(seen), {}, node.limits).reports[Family::kIpv4];
}

RestartingNode AfterRestart() {
  RestartingNode node;
  for (int poll = 0; poll < 2; ++poll, node.Pass(absl::Seconds(5))) node.Poll();
  node.RestartBird(absl::ZeroDuration(), false);
  node.Connect(0);
  node.Pass(absl::Seconds(5));
  node.Poll();
  return node;
}

TEST_CASE("who is waited for is named by the peer's address") {
  RestartingNode node = AfterRestart();
  CHECK(Report(node).blocking_peers ==
        std::vector<BlockingPeer>{{"Mesh_10_39_1_36", "10.39.1.36", PeerKind::kMesh, false}});
}

TEST_CASE("a peer that the restarted BIRD no longer has is waited for by the name it had") {
  RestartingNode node = AfterRestart();
  node.node.birds[Family::kIpv4].peers->pop_back();
  CHECK(Report(node).blocking_peers == std::vector<BlockingPeer>{{"Mesh_10_39_1_36", "Mesh_10_39_1_36"}});
}

}  // namespace
}  // namespace caliwatch
