// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include "lib/analysis/findings/check.h"
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

UnreachedNode SmallOnly(ProbePath path) {
  return {.address = *IpAddress::Parse("10.39.1.36"),
          .tunnel_address = *IpAddress::Parse("192.168.36.0"),
          .tunnel = "vxlan.calico",
          .path = path,
          .result = ProbeResult::kSmallOnly,
          .name = "node-36",
          .rounds = 2};
}

JudgedTexts Run(const std::vector<UnreachedNode>& nodes) {
  Recollection before;
  before.unreached = nodes;
  return JudgeBy("node_large_packets_lost", VxlanNode(), before);
}

TEST_CASE("large packets that are lost are found, with the path and, where it is known, the direction") {
  CHECK(*Run({SmallOnly(ProbePath::kOverlay)}) ==
        std::vector<FindingText>{
            {"10.39.1.36",
             "through vxlan.calico it answers to small packets and not to those that fill the way, 2 times in a row: "
             "they do not arrive there, or no word of it comes back",
             "",
             {"vxlan.calico"}}});
  UnreachedNode back = SmallOnly(ProbePath::kNode);
  back.large_arrived = true;
  CHECK(Run({back})->front().detail ==
        "at its own address it answers to small packets and not to those that fill the way, 2 times in a row: they "
        "arrive there, and its large answers do not come back");
}

TEST_CASE("what is lost between the nodes is lost in the tunnel, too: one finding, of the way between") {
  const JudgedTexts found = Run({SmallOnly(ProbePath::kNode), SmallOnly(ProbePath::kOverlay)});
  REQUIRE(found->size() == 1);
  CHECK(found->front().detail.starts_with("at its own address"));
}

TEST_CASE("what is lost in any size is another check's, and where nobody asks it does not apply") {
  UnreachedNode lost = SmallOnly(ProbePath::kOverlay);
  lost.result = ProbeResult::kNoAnswer;
  CHECK(Run({lost})->empty());
  CHECK(absl::IsNotFound(JudgeBy("node_large_packets_lost", VxlanNode()).status()));
}

}  // namespace
}  // namespace caliwatch
