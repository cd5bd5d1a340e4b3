// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node, bool expected = false) {
  Recollection before;
  before.birds[Family::kIpv4].expected = expected;
  return JudgeBy("bird_routes_left_over", node, before);
}

Snapshot Moved() {
  Snapshot node = VxlanNode();
  AddRoute(node, BlockRoute("10.99.1.0/26", "10.39.1.36"));
  return node;
}

TEST_CASE("routes of a BIRD that no longer runs here are worth knowing") {
  CHECK(*Run(Moved()) ==
        std::vector<FindingText>{{"BIRD ipv4",
                                  "has no control socket here, and is not missed; 1 route is left over "
                                  "of it in the kernel: 10.99.1.0/26"}});
}

TEST_CASE("three routes are named, and more are counted") {
  Snapshot node = Moved();
  AddRoute(node, BlockRoute("10.99.2.0/26", "10.39.1.36"));
  AddRoute(node, BlockRoute("10.99.3.0/26", "10.39.1.36"));
  CHECK(Run(node)->front().detail.ends_with("in the kernel: 10.99.1.0/26, 10.99.2.0/26, 10.99.3.0/26"));
  AddRoute(node, BlockRoute("10.99.4.0/26", "10.39.1.36"));
  CHECK(
      Run(node)->front().detail.ends_with("4 routes are left over of it in the kernel: 10.99.1.0/26, 10.99.2.0/26, "
                                          "10.99.3.0/26, …"));
}

TEST_CASE("a BIRD that answers, or ought to, has left nothing over; nor has one that left no route") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(Moved(), true)->empty());
  CHECK(Run(VxlanNode())->empty());
}

TEST_CASE("while routes cannot be read, nobody knows what BIRD left") {
  Snapshot node = Moved();
  node.routes = absl::UnavailableError("netlink is gone");
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
