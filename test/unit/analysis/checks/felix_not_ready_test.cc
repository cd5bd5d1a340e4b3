// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/observe.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

FelixHealth NotReady() {
  return {.live = true,
          .ready = false,
          .components = {{.name = "CalculationGraph", .live = true, .ready = false},
                         {.name = "FelixStartup", .live = true, .ready = false, .detail = "waiting for the datastore"},
                         {.name = "InternalDataplaneMainLoop", .live = true, .ready = true}}};
}

Snapshot NodeWith(absl::StatusOr<FelixHealth> health, int second = 0) {
  Snapshot node = HealthyNode();
  node.taken_at += absl::Seconds(second);
  node.boot_time += absl::Hours(1) + absl::Seconds(second);
  node.felix = std::move(health);
  return node;
}

JudgedTexts Run(const Snapshot& node, FelixRecollection felix = {.is_away = true}) {
  Recollection before;
  before.felix = std::move(felix);
  return JudgeBy("felix_not_ready", node, std::move(before));
}

int FoundBetween(Observer& observer, const absl::StatusOr<FelixHealth>& health, int from, int to) {
  int found = 0;
  for (int second = from; second <= to; ++second)
    for (const Verdict& verdict : observer.Observe(Seen(NodeWith(health, second))).verdicts)
      if (verdict.check->name == "felix_not_ready") found += verdict.findings.empty() ? 0 : 1;
  return found;
}

TEST_CASE("which components are not ready is told, in their own words") {
  CHECK(*Run(NodeWith(NotReady())) ==
        std::vector<FindingText>{
            {"Felix", "runs and is not ready, because of CalculationGraph, FelixStartup: waiting for the datastore"}});
}

TEST_CASE("one that gives no table is not ready all the same") {
  CHECK(Run(NodeWith(FelixHealth{.live = true, .ready = false, .components = {}}))->front().detail ==
        "runs and is not ready");
}

TEST_CASE("what the files of a Felix that is not ready no longer tell is told with it") {
  const JudgedTexts texts =
      Run(NodeWith(NotReady()), {.is_away = true, .doubts = {{"cali00000000009", {FileDoubt::kNoFile, {}, false}}}});
  CHECK(texts->front().detail.ends_with(". 1 interface has a pod's route and no file (cali00000000009)"));
}

TEST_CASE("a Felix that is ready, not live, or does not answer is none that is not ready, nor anybody else") {
  CHECK(Run(HealthyNode())->empty());
  FelixHealth dead = NotReady();
  dead.live = false;
  CHECK(Run(NodeWith(dead))->empty());
  CHECK(Run(NodeWith(absl::NotFoundError("nobody listens")))->empty());
  CHECK(Run(NodeWith(NotReady()), {.is_away = false})->empty());
}

TEST_CASE("a start counts when it has taken a minute") {
  Observer observer;
  CHECK(FoundBetween(observer, NotReady(), 0, 59) == 0);
  CHECK(FoundBetween(observer, NotReady(), 60, 65) == 6);
  CHECK(FoundBetween(observer, HealthyNode().felix, 66, 70) == 0);
}

}  // namespace
}  // namespace caliwatch
