// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/felix_history.h"

#include "test/support/catch.h"

namespace caliwatch {
namespace {

using Health = absl::StatusOr<FelixHealth>;

absl::Time At(int second) { return absl::FromUnixSeconds(1'800'000'000 + second); }

Health Saying(bool live, bool ready, bool started = true) {
  return FelixHealth{.live = live, .ready = ready, .components = {{.name = "FelixStartup", .ready = started}}};
}
const Health kReady = Saying(true, true), kBehind = Saying(true, false), kStarting = Saying(true, false, false),
             kHanging = Saying(false, true), kSilent = absl::DeadlineExceededError("silence"),
             kRefused = absl::NotFoundError("nobody listens");

class Watched {
 public:
  explicit Watched(RememberedFelix known = {}) : history_(std::move(known)) {}

  absl::Time See(const Health& health, int second) {
    return history_.Follow(health, /*expected=*/false, {absl::Seconds(1000 + second), At(second)});
  }
  const RememberedFelix& known() const { return history_.remembered(); }
  size_t ends() const { return known().ends.moments().size(); }
  std::optional<absl::Duration> Lasted(int second) const { return history_.Lasted(absl::Seconds(1000 + second)); }

 private:
  FelixHistory history_;
};

TEST_CASE("Felix has been as it is since the first poll that saw it so") {
  Watched felix;
  CHECK(felix.See(kBehind, 0) == At(0));
  CHECK(felix.See(kBehind, 5) == At(0));
  CHECK(felix.See(kReady, 10) == At(10));
  CHECK(felix.See(kHanging, 15) == At(15));
  CHECK(felix.See(kSilent, 20) == At(20));
  CHECK(felix.See(kRefused, 25) == At(20));
  CHECK(felix.See(kReady, 30) == At(30));
  CHECK(felix.See(kReady, 35) == At(30));
}

TEST_CASE("another detail or component is no other state") {
  Watched felix;
  FelixHealth health{.live = true, .ready = false, .components = {}};
  felix.See(health, 0);
  health.components.push_back({.name = "CalculationGraph", .ready = false});
  CHECK(felix.See(health, 5) == At(0));
}

TEST_CASE("how long it has not been ready counts from when it was last, in whatever way it is not") {
  Watched felix;
  felix.See(kReady, 0);
  CHECK(felix.Lasted(0) == std::nullopt);
  felix.See(kBehind, 10);
  felix.See(kRefused, 20);
  felix.See(kHanging, 30);
  CHECK(felix.Lasted(40) == absl::Seconds(30));
  felix.See(kReady, 50);
  CHECK(felix.Lasted(52) == absl::Seconds(2));
}

TEST_CASE("what it was at the first look has lasted for nobody knows how long") {
  Watched felix;
  felix.See(kBehind, 0);
  felix.See(kBehind, 100);
  CHECK(felix.Lasted(100) == std::nullopt);
}

TEST_CASE("one that is ready at its first word may have been so for long") {
  Watched felix;
  felix.See(kRefused, 0);
  felix.See(kReady, 1);
  CHECK(felix.Lasted(2) == std::nullopt);
}

TEST_CASE("one that was never there is not late when it says its first word") {
  Watched felix;
  felix.See(kRefused, 0);
  felix.See(kStarting, 100);
  CHECK(felix.Lasted(101) == absl::Seconds(1));
}

TEST_CASE("who answers as Felix does has answered, and stays so when it is silent") {
  Watched felix;
  felix.See(kRefused, 0);
  CHECK_FALSE(felix.known().answered);
  felix.See(kReady, 1);
  felix.See(kRefused, 2);
  CHECK(felix.known().answered);
}

TEST_CASE("one that names no component of Felix is Felix only where Felix is expected") {
  const Health nameless = FelixHealth{.live = true, .ready = true, .components = {}};
  FelixHistory history;
  history.Follow(nameless, /*expected=*/false, {absl::Seconds(1), At(0)});
  CHECK_FALSE(history.remembered().answered);
  history.Follow(nameless, /*expected=*/true, {absl::Seconds(2), At(1)});
  CHECK(history.remembered().answered);
}

TEST_CASE("it ends when nobody listens any more, or when it starts anew between two polls") {
  Watched felix;
  felix.See(kReady, 0);
  SECTION("nobody listens") { felix.See(kRefused, 1); }
  SECTION("it starts anew") { felix.See(kStarting, 1); }
  SECTION("it hung before") {
    felix.See(kSilent, 1);
    felix.See(kRefused, 2);
  }
  CHECK(felix.ends() == 1);
  felix.See(kStarting, 3);
  felix.See(kBehind, 4);
  felix.See(kReady, 5);
  CHECK(felix.ends() == 1);
  felix.See(kRefused, 6);
  CHECK(felix.ends() == 2);
}

TEST_CASE("a Felix that loses the datastore, or hangs, has not ended") {
  Watched felix;
  felix.See(kReady, 0);
  felix.See(kBehind, 1);
  felix.See(kHanging, 2);
  felix.See(kSilent, 3);
  felix.See(kReady, 4);
  CHECK(felix.ends() == 0);
}

TEST_CASE("where nobody ever listened, nothing ends") {
  Watched felix;
  felix.See(kRefused, 0);
  felix.See(kSilent, 1);
  felix.See(kRefused, 2);
  CHECK(felix.ends() == 0);
}

TEST_CASE("a process that goes on knows for how long, and sees what ended between the two") {
  Watched before;
  before.See(kReady, 0);
  Watched same(before.known()), ended(before.known());
  same.See(kReady, 100);
  CHECK(same.Lasted(100) == absl::Seconds(100));
  ended.See(kRefused, 100);
  CHECK(ended.Lasted(101) == absl::Seconds(1));
  CHECK(ended.ends() == 1);
  Watched still(ended.known());
  still.See(kRefused, 200);
  CHECK(still.Lasted(200) == absl::Seconds(100));
  CHECK(still.ends() == 1);
}

TEST_CASE("each state has a word of its own, and other words are none") {
  for (const FelixState state :
       {FelixState::kReady, FelixState::kNotReady, FelixState::kNotLive, FelixState::kNoAnswer})
    CHECK(FelixStateFrom(ToString(state)) == state);
  CHECK(FelixStateFrom("well") == std::nullopt);
}

TEST_CASE("a clock that is set changes nothing of how long Felix has been as it is") {
  for (const int step : {9 * 3600, -9 * 3600}) {
    FelixHistory felix;
    felix.Follow(kReady, true, {absl::Seconds(100), At(0)});
    felix.Follow(kBehind, true, {absl::Seconds(110), At(10)});
    const absl::Time since = felix.Follow(kBehind, true, {absl::Seconds(120), At(20 + step)});
    CHECK(At(20 + step) - since == absl::Seconds(10));
    CHECK(felix.Lasted(absl::Seconds(120)) == absl::Seconds(10));
  }
}

}  // namespace
}  // namespace caliwatch
