// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/felix_history.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

absl::Time At(int second) { return absl::FromUnixSeconds(1'800'000'000 + second); }

TEST_CASE("Felix has been as it is since the first poll that saw it so") {
  const absl::StatusOr<FelixHealth> ready = FelixHealth{.live = true, .ready = true, .components = {}},
                                    starting = FelixHealth{.live = true, .ready = false, .components = {}},
                                    hanging = FelixHealth{.live = false, .ready = true, .components = {}},
                                    silent = absl::DeadlineExceededError("silence"),
                                    refused = absl::NotFoundError("nobody listens");
  FelixHistory history;
  CHECK(history.Follow(starting, At(0)) == At(0));
  CHECK(history.Follow(starting, At(5)) == At(0));
  CHECK(history.Follow(ready, At(10)) == At(10));
  CHECK(history.Follow(hanging, At(15)) == At(15));
  CHECK(history.Follow(silent, At(20)) == At(20));
  CHECK(history.Follow(refused, At(25)) == At(20));
  CHECK(history.Follow(ready, At(30)) == At(30));
  CHECK(history.Follow(ready, At(35)) == At(30));
}

TEST_CASE("another detail or component is no other state") {
  FelixHistory history;
  FelixHealth health{.live = true, .ready = false, .components = {}};
  history.Follow(health, At(0));
  health.components.push_back({.name = "CalculationGraph", .ready = false});
  CHECK(history.Follow(health, At(5)) == At(0));
}

}  // namespace
}  // namespace caliwatch
