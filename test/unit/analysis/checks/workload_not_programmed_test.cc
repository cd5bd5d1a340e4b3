// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node, std::set<std::string> newcomers = {}) {
  return JudgeBy("workload_not_programmed", node, {.newcomers = std::move(newcomers)});
}

const std::set<std::string> kNewcomer = {"cali00000000009"};

Snapshot NodeWithNewInterface() {
  Snapshot node = HealthyNode();
  node.links->push_back(WorkloadLink(9, "cali00000000009"));
  node.neighbors->push_back(NeighborEntry("192.168.231.9", 9, NUD_STALE));
  return node;
}

TEST_CASE("a healthy node's workloads have a file and routes") { CHECK(Run(HealthyNode(), kNewcomer)->empty()); }

TEST_CASE("an interface that came while somebody watched, and has neither file nor route, is found") {
  CHECK(
      *Run(NodeWithNewInterface(), kNewcomer) ==
      std::vector<FindingText>{{"cali00000000009",
                                "is up, but Felix has made neither a route nor an endpoint-status file for it: it does "
                                "not know its workload, or is behind"}});
}

TEST_CASE("who did not see it come needs somebody who answers there now; who has fallen silent may have ended") {
  Snapshot node = NodeWithNewInterface();
  CHECK(Run(node)->empty());
  node.neighbors->back().state = NUD_REACHABLE;
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("where nobody has ever answered, it may as well be left over") {
  Snapshot node = NodeWithNewInterface();
  node.neighbors->pop_back();
  CHECK(Run(node, kNewcomer)->empty());
  CHECK(JudgeBy("orphan_workload_interface", node, {.newcomers = kNewcomer})->size() == 1);
}

TEST_CASE("what Felix has begun with, and what does not run, is not found") {
  Snapshot node = NodeWithNewInterface();
  SECTION("a route") { node.routes->push_back(WorkloadRoute("192.168.231.9", 9)); }
  SECTION("a file") { node.endpoints->push_back(EndpointRow("default/new", "cali00000000009", "192.168.231.9")); }
  SECTION("down") { node.links->back().up = node.links->back().carrier = false; }
  CHECK(Run(node, kNewcomer)->empty());
}

TEST_CASE("while Felix is away, or has just come back, that is what to mend") {
  Recollection before{.newcomers = kNewcomer, .felix = {.answered = true, .lasted = absl::Seconds(25)}};
  REQUIRE(JudgeBy("workload_not_programmed", NodeWithNewInterface(), before)->size() == 1);
  SECTION("away") { before.felix.is_away = true; }
  SECTION("back") { before.felix.lasted = absl::Seconds(24); }
  CHECK(JudgeBy("workload_not_programmed", NodeWithNewInterface(), before)->empty());
}

TEST_CASE("without endpoint-status this does not apply, and unread tables leave it open") {
  Snapshot node = NodeWithNewInterface();
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot without = node;
  without.endpoints = absl::NotFoundError("there is no endpoint-status");
  CHECK(absl::IsNotFound(Run(without, kNewcomer).status()));
  SECTION("endpoints") { node.endpoints = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  SECTION("neighbors") { node.neighbors = gone; }
  CHECK(absl::IsUnavailable(Run(node, kNewcomer).status()));
}

}  // namespace
}  // namespace caliwatch
