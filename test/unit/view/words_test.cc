// SPDX-License-Identifier: Apache-2.0
#include "lib/view/words.h"

#include <string>
#include <utility>
#include <vector>

#include "lib/analysis/observe.h"
#include "test/support/catch.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

TEST_CASE("ages are told in their two largest units") {
  for (const auto& [age, text] :
       {std::pair(absl::Seconds(0), "0 s"), std::pair(absl::Seconds(-5), "0 s"),
        std::pair(absl::Milliseconds(59999), "59 s"), std::pair(absl::Seconds(60), "1 min 0 s"),
        std::pair(absl::Seconds(3599), "59 min 59 s"), std::pair(absl::Hours(3) + absl::Minutes(12), "3 h 12 min"),
        std::pair(absl::Hours(24), "1 d 0 h"), std::pair(absl::Hours(24 * 400 + 5), "400 d 5 h")})
    CHECK(AgeText(age) == text);
}

TEST_CASE("the verdict counts problems, those that are critical, and notes") {
  Summary summary;
  CHECK(VerdictText(summary) == "nothing wrong found");
  summary.notes = 1;
  CHECK(VerdictText(summary) == "nothing wrong found; 1 note");
  summary.outcome = Outcome::kFindings;
  summary.problems = 2;
  CHECK(VerdictText(summary) == "2 problems; 1 note");
  summary.critical = 1;
  CHECK(VerdictText(summary) == "2 problems, 1 of them critical; 1 note");
  summary.problems = 1;
  summary.notes = 2;
  CHECK(VerdictText(summary) == "1 critical problem; 2 notes");
}

// What is said of Felix after polls of `nodes`, 40 seconds apart.
std::string FelixAfter(const std::vector<Snapshot>& nodes) {
  Observer observer;
  Report report;
  absl::Duration since = absl::ZeroDuration();
  for (Snapshot node : nodes) {
    LetPass(std::exchange(since, since + absl::Seconds(40)), node);
    report = observer.Observe(Seen(std::move(node)));
  }
  return FelixText(report);
}

Snapshot NodeWithFelix(const absl::StatusOr<FelixHealth>& felix) {
  Snapshot node = HealthyNode();
  node.felix = felix;
  Fail(node, "felix", felix.status());
  return node;
}

TEST_CASE("Felix is told with how long it has been so, and with the components that are not as they should be") {
  FelixHealth health = *HealthyNode().felix;
  CHECK(FelixAfter({NodeWithFelix(health)}) == "live and ready");
  CHECK(FelixAfter({NodeWithFelix(health), NodeWithFelix(health)}) == "live and ready, for 40 s");
  health.ready = false;
  health.components[0] = {.name = "CalculationGraph", .live = true, .ready = false, .detail = "resync"};
  health.components[1] = {.name = "Loop", .live = false, .ready = false, .timed_out = true};
  CHECK(FelixAfter({NodeWithFelix(health), NodeWithFelix(health)}) ==
        "live, not ready, for 40 s; CalculationGraph not ready (resync); Loop timed out");
  health = {.live = false, .ready = true, .components = {{.name = "Loop", .live = false, .ready = true}}};
  CHECK(FelixAfter({NodeWithFelix(health)}) == "ready, not live; Loop not live");
  health = {.live = false, .ready = false, .components = {}};
  CHECK(FelixAfter({NodeWithFelix(health)}) == "neither live nor ready");
}

TEST_CASE("a Felix that answered and does not is told from one whose health may be off, and from none") {
  const Snapshot refused = NodeWithFelix(absl::NotFoundError("nobody listens"));
  CHECK(FelixAfter({HealthyNode(), refused, refused}) == "does not answer, for 40 s: nobody listens");
  CHECK(FelixAfter({refused, refused}) == "is unknown: nobody listens");
  Snapshot without = refused;
  without.endpoints = absl::NotFoundError("no such folder");
  without.calico_mtu = absl::NotFoundError("no such file");
  CHECK(FelixAfter({without}).empty());
}

}  // namespace
}  // namespace caliwatch
