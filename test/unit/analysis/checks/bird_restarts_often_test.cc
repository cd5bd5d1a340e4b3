// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/observe.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

// Each second a poll, at which BIRD has been up for so many seconds; the times at which it is found.
std::vector<int> FoundAt(State state, std::optional<int> polls_to_hold, const std::vector<int>& uptimes) {
  std::vector<int> found;
  for (int poll = 0; poll < static_cast<int>(uptimes.size()); ++poll) {
    Snapshot node = HealthyNode();
    const absl::Duration passed = absl::Seconds(10) * poll;
    node.taken_at += passed;
    node.boot_time = absl::Hours(1) + passed;
    node.birds[Family::kIpv4].status->uptime = absl::Seconds(uptimes[static_cast<size_t>(poll)]);
    const Step step = Observe(state, Seen(node), {}, {.polls_to_hold = polls_to_hold});
    for (const Verdict& verdict : step.report.verdicts)
      if (verdict.check->name == "bird_restarts_often" && !verdict.findings.empty()) found.push_back(poll);
  }
  return found;
}

TEST_CASE("few restarts are none, many are told with their number, for each family") {
  CHECK(JudgeBy("bird_restarts_often", HealthyNode())->empty());
  Recollection before;
  before.birds[Family::kIpv6].restarts = RepeatedEnds{3, absl::Minutes(2)};
  CHECK(*JudgeBy("bird_restarts_often", HealthyNode(), std::move(before)) ==
        std::vector<FindingText>{{"BIRD ipv6", "was started anew 3 times within 2m"}});
}

TEST_CASE("from the third restart on it is found at each poll") {
  CHECK(FoundAt(State(), std::nullopt, {500, 5, 15, 2, 12, 3, 13, 23}) == std::vector<int>{5, 6, 7});
}

TEST_CASE("an update and a rollback are not many") {
  CHECK(FoundAt(State(), std::nullopt, {500, 5, 15, 2, 12, 22, 32, 42}).empty());
}

TEST_CASE("two looks between two deaths know what the agent has seen") {
  PersistentState kept;
  for (int minute = 55; minute < 60; ++minute) kept.bird_restarts[Family::kIpv4].Follow(1, absl::Minutes(minute));
  CHECK(FoundAt(State(kept), 2, {60, 70}) == std::vector<int>{1});
  CHECK(FoundAt(State(), 2, {60, 70}).empty());
}

}  // namespace
}  // namespace caliwatch
