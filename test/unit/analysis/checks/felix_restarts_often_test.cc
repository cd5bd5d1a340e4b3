// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/observe.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(std::optional<RepeatedEnds> ends) {
  Recollection before;
  before.felix.ends = ends;
  return JudgeBy("felix_restarts_often", HealthyNode(), std::move(before));
}

// Each second a poll; the times at which it is found.
std::vector<int> FoundAt(State state, std::optional<int> polls_to_hold, std::vector<bool> listens) {
  std::vector<int> found;
  for (int second = 0; second < static_cast<int>(listens.size()); ++second) {
    Snapshot node = HealthyNode();
    node.taken_at += absl::Seconds(second);
    node.boot_time += absl::Hours(1) + absl::Seconds(second);
    if (!listens[static_cast<size_t>(second)]) node.felix = absl::NotFoundError("nobody listens");
    const Step step = Observe(state, Seen(node), {}, {.polls_to_hold = polls_to_hold});
    for (const Verdict& verdict : step.report.verdicts)
      if (verdict.check->name == "felix_restarts_often" && !verdict.findings.empty()) found.push_back(second);
  }
  return found;
}

TEST_CASE("few ends are none, many are told with their number") {
  CHECK(Run(std::nullopt)->empty());
  CHECK(*Run(RepeatedEnds{4, absl::Seconds(75.5)}) ==
        std::vector<FindingText>{{"Felix", "ended 4 times within 1m15s"}});
}

TEST_CASE("from the third end on it is found at each poll, whether Felix is there or not") {
  CHECK(FoundAt(State(), std::nullopt, {true, false, true, false, true, false, true, true, false, true}) ==
        std::vector<int>{5, 6, 7, 8, 9});
}

TEST_CASE("two looks between two ends know what the agent has seen") {
  PersistentState kept;
  kept.felix.answered = true;
  kept.felix.state = FelixState::kReady;
  for (int minute = 55; minute < 60; ++minute) kept.felix.ends.Follow(1, absl::Minutes(minute));
  CHECK(FoundAt(State(kept), 2, {true, true}) == std::vector<int>{1});
  CHECK(FoundAt(State(), 2, {true, true}).empty());
}

}  // namespace
}  // namespace caliwatch
