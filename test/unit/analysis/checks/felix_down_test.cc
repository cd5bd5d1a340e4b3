// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/observe.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

const absl::Status kRefused = absl::NotFoundError("nobody listens at localhost:9099"),
                   kSilent = absl::DeadlineExceededError("http://localhost:9099/readiness did not answer within 500ms");

Snapshot NodeWith(absl::StatusOr<FelixHealth> health, int second = 0) {
  Snapshot node = HealthyNode();
  node.taken_at += absl::Seconds(second);
  node.boot_time += absl::Hours(1) + absl::Seconds(second);
  node.felix = std::move(health);
  return node;
}

FelixHealth NotLive() {
  return {.live = false,
          .ready = true,
          .components = {{.name = "CalculationGraph", .live = true, .ready = true},
                         {.name = "InternalDataplaneMainLoop", .live = false, .ready = true, .timed_out = true}}};
}

// How often polls a second apart, from `from` to `to`, found it.
int FoundBetween(Observer& observer, const absl::StatusOr<FelixHealth>& health, int from, int to) {
  int found = 0;
  for (int second = from; second <= to; ++second)
    for (const Verdict& verdict : observer.Observe(Seen(NodeWith(health, second))).verdicts)
      if (verdict.check->name == "felix_down") found += verdict.findings.empty() ? 0 : 1;
  return found;
}

JudgedTexts Run(const Snapshot& node, FelixRecollection felix) {
  Recollection before;
  before.felix = std::move(felix);
  return JudgeBy("felix_down", node, std::move(before));
}

TEST_CASE("a Felix that is well is not down, nor one of which nobody has ever heard") {
  CHECK(Run(HealthyNode(), {})->empty());
  CHECK(Run(NodeWith(kRefused), {})->empty());
  CHECK(Run(NodeWith(kSilent), {})->empty());
}

TEST_CASE("one that only is not ready is not down") {
  CHECK(Run(NodeWith(FelixHealth{.live = true, .ready = false, .components = {}}), {.is_away = true})->empty());
}

TEST_CASE("how it is down is told") {
  const auto told = [](const absl::StatusOr<FelixHealth>& health) {
    const JudgedTexts texts = Run(NodeWith(health), {.is_away = true});
    REQUIRE(texts->size() == 1);
    CHECK(texts->front().subject == "Felix");
    return texts->front().detail;
  };
  CHECK(told(kRefused) ==
        "is gone: nobody answers for it any more at its health port, where it did answer. Since then its files and "
        "routes stay as they are");
  CHECK(told(kSilent) ==
        "is frozen or hangs: http://localhost:9099/readiness did not answer within 500ms. Since then its files and "
        "routes stay as they are");
  CHECK(told(NotLive()) ==
        "runs and is not live: InternalDataplaneMainLoop has timed out. Since then its files and routes stay as they "
        "are");
}

TEST_CASE("a component that says so, and one that has timed out, make a Felix that is not live") {
  const FelixHealth health{.live = false,
                           .ready = true,
                           .components = {{.name = "CalculationGraph", .live = false, .ready = true},
                                          {.name = "InternalDataplaneMainLoop", .live = true, .timed_out = true}}};
  CHECK(Run(NodeWith(health), {.is_away = true})
            ->front()
            .detail.starts_with("runs and is not live: CalculationGraph says so, InternalDataplaneMainLoop has timed "
                                "out. Since then"));
}

TEST_CASE("one that is gone may have gone with all of calico-node, one that hangs has not") {
  CHECK(Run(NodeWith(kRefused), {.is_away = true})->front().related == std::vector<std::string>{"this node"});
  CHECK(Run(NodeWith(kSilent), {.is_away = true})->front().related.empty());
}

TEST_CASE("what the files of a dead Felix no longer tell is told with it") {
  const JudgedTexts texts =
      Run(NodeWith(kRefused), {.is_away = true, .doubts = {{"cali12ab34cd56e", {FileDoubt::kNoInterface, {}, false}}}});
  CHECK(texts->front().detail.ends_with(
      ": 1 file names an interface that is gone (cali12ab34cd56e of pod default/pod-1)"));
}

TEST_CASE("it counts after a minute without Felix, which a restart of calico-node does not take") {
  for (const absl::StatusOr<FelixHealth>& how :
       {absl::StatusOr<FelixHealth>(kRefused), absl::StatusOr<FelixHealth>(kSilent),
        absl::StatusOr<FelixHealth>(NotLive())}) {
    Observer observer;
    FoundBetween(observer, HealthyNode().felix, 0, 5);
    CHECK(FoundBetween(observer, how, 6, 65) == 0);
    CHECK(FoundBetween(observer, how, 66, 70) == 5);
    CHECK(FoundBetween(observer, HealthyNode().felix, 71, 75) == 0);
  }
}

TEST_CASE("at Felix' port nobody answers from the beginning: its health may be off") {
  Observer observer;
  CHECK(FoundBetween(observer, kRefused, 0, 100) == 0);
}

TEST_CASE("who takes connections at Felix' port and is silent is Felix, where its traces are") {
  Observer observer;
  CHECK(FoundBetween(observer, kSilent, 0, 59) == 0);
  CHECK(FoundBetween(observer, kSilent, 60, 70) == 11);
}

TEST_CASE("one that comes and goes is away for as long as it is not ready") {
  Observer observer;
  FoundBetween(observer, HealthyNode().felix, 0, 5);
  for (int round = 0; round < 3; ++round) {
    CHECK(FoundBetween(observer, kRefused, 6 + 18 * round, 14 + 18 * round) == 0);
    CHECK(FoundBetween(observer, NotLive(), 15 + 18 * round, 23 + 18 * round) == 0);
  }
  CHECK(FoundBetween(observer, kRefused, 66, 66) == 1);
}

}  // namespace
}  // namespace caliwatch
