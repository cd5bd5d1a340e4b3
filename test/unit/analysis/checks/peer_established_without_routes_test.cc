// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node, std::vector<std::string> silent_peers = {}) {
  Recollection before;
  before.birds[Family::kIpv4].silent_peers = std::move(silent_peers);
  return JudgeBy("peer_established_without_routes", node, before);
}

TEST_CASE("peers that announce their routes are fine") { CHECK(Run(HealthyNode())->empty()); }

TEST_CASE("a peer that is back without its routes is found by its address") {
  const JudgedTexts found = Run(HealthyNode(), {"Mesh_10_39_1_36"});
  REQUIRE(found->size() == 1);
  CHECK(found->front().subject == "10.39.1.36");
}

TEST_CASE("without BIRD there are no peers; with one that cannot be asked, nobody knows") {
  Snapshot node = HealthyNode();
  const absl::Status none = absl::NotFoundError("no socket");
  node.birds[Family::kIpv4] = {none, none, none};
  CHECK(Run(node)->empty());
  const absl::Status silent = absl::DeadlineExceededError("silence");
  node.birds[Family::kIpv4] = {silent, silent, silent};
  CHECK(absl::IsDeadlineExceeded(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
