// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node, OwnerHistory::Former former = {}) {
  return JudgeBy("workload_interface_left", node, {.former_owners = std::move(former)});
}

// A pod has completed: for Felix it is none any more, and its interface is still there.
Snapshot NodeWithCompletedPod() {
  Snapshot node = HealthyNode();
  node.endpoints->erase(node.endpoints->begin());
  std::erase_if(*node.routes, [](const Route& route) { return route.link == 5; });
  node.neighbors->front().state = NUD_STALE;
  return node;
}

TEST_CASE("a healthy node has no interface of a workload that has ended") { CHECK(Run(HealthyNode())->empty()); }

TEST_CASE("the interface of a pod that has completed is told, and no other check calls it a fault") {
  Snapshot node = NodeWithCompletedPod();
  SECTION("with endpoint-status") {
    CHECK(*Run(node) == std::vector<FindingText>{
                            {"cali12ab34cd56e",
                             "is up without a route, though somebody has lived there: the workload has completed "
                             "or ended, and its interface stays"}});
  }
  SECTION("without") {
    node.endpoints = absl::NotFoundError("there is no endpoint-status");
    CHECK(*Run(node) == std::vector<FindingText>{
                            {"cali12ab34cd56e",
                             "is up without a route, though somebody has lived there: the workload has completed "
                             "or ended, and its interface stays (judged without Calico's endpoint-status)"}});
  }
  for (const char* check : {"orphan_workload_interface", "workload_route_missing", "workload_interface_down"})
    CHECK(JudgeBy(check, node)->empty());
}

TEST_CASE("who saw its file knows its name, and needs nobody who has answered") {
  Snapshot node = NodeWithCompletedPod();
  node.neighbors->erase(node.neighbors->begin());
  REQUIRE(Run(node)->empty());
  CHECK(Run(node, {{"cali12ab34cd56e", "pod default/pod-1"}})->front().detail ==
        "is up without a route, though somebody has lived there (pod default/pod-1): the workload has completed or "
        "ended, "
        "and its interface stays");
}

TEST_CASE("while Felix is away nothing tells that a workload has ended") {
  const Snapshot node = NodeWithCompletedPod();
  REQUIRE(Run(node)->size() == 1);
  CHECK(JudgeBy("workload_interface_left", node, {.felix = {.is_away = true}})->empty());
}

TEST_CASE("while a table is missing, it is unknown what has ended") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = HealthyNode();
  SECTION("endpoints") { node.endpoints = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  SECTION("neighbors") { node.neighbors = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
