// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node, size_t lost) {
  Recollection before;
  before.birds[Family::kIpv4].config.lost_peers = lost;
  return JudgeBy("bgp_without_peers", node, before);
}

TEST_CASE("a BIRD whose peers all went with one configuration is told") {
  CHECK(Run(HealthyNode(), 0)->empty());
  CHECK(*Run(HealthyNode(), 3) ==
        std::vector<FindingText>{
            {"BIRD ipv4", "has no BGP peer configured any more; it had 3 until its configuration changed"}});
}

TEST_CASE(
    "a BIRD without peers: while it does not answer it cannot be judged, and without one there is nothing to judge") {
  Snapshot node = HealthyNode();
  node.birds[Family::kIpv4].peers = absl::DeadlineExceededError("silent");
  CHECK(absl::IsDeadlineExceeded(Run(node, 0).status()));
  node.birds[Family::kIpv4] = node.birds[Family::kIpv6];
  CHECK(Run(node, 0)->empty());
}

}  // namespace
}  // namespace caliwatch
