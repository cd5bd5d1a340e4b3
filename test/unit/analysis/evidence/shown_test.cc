// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/shown.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

const absl::Status kGone = absl::UnavailableError("netlink is gone");

// Polls five seconds apart, the first of which reads all.
struct Polls {
  Shown Poll(const absl::Status& routes, const absl::Status& bird = absl::OkStatus()) {
    Snapshot node = HealthyNode();
    LetPass(number++ * absl::Seconds(5), node);
    if (!routes.ok()) node.routes = routes;
    if (!bird.ok()) node.birds[Family::kIpv4] = {bird, bird, bird};
    for (SourceReading& reading : node.sources) {
      if (reading.name == "routes") reading.status = routes;
      if (reading.name == "bird") reading.status = bird;
    }
    seen = Seen(std::move(node));
    return ChooseShown(shown, seen, FollowSources(history, *seen), absl::Seconds(12));
  }

  int number = 0;
  SourceHistory history;
  SnapshotPtr shown, seen;
};

TEST_CASE("while all could be read, what is shown is what was read, without a copy") {
  Polls polls;
  CHECK(polls.Poll(absl::OkStatus()).before == nullptr);
  const Shown shown = polls.Poll(absl::OkStatus());
  CHECK(shown.now == polls.seen);
  CHECK(shown.before != nullptr);
}

TEST_CASE("one failed poll makes no gap, a second one ends what is shown, and what was read stays as it is") {
  Polls polls;
  const size_t routes = polls.Poll(absl::OkStatus()).now->routes->size();
  for (const bool kept : {true, false, false}) {
    const Shown shown = polls.Poll(kGone);
    CHECK(shown.now->routes.ok() == kept);
    if (kept) CHECK(shown.now->routes->size() == routes);
    CHECK(polls.seen->routes.status() == kGone);
    CHECK(shown.now->links.ok());
  }
  CHECK(polls.Poll(absl::OkStatus()).now == polls.seen);
  CHECK(polls.Poll(kGone).now->routes.ok());
}

TEST_CASE("what a BIRD said last is shown for longer, since it is shown with its time") {
  Polls polls;
  polls.Poll(absl::OkStatus());
  for (const bool kept : {true, true, false}) {
    const Shown shown = polls.Poll(absl::OkStatus(), kGone);
    CHECK(shown.now->birds[Family::kIpv4].peers.ok() == kept);
    CHECK(shown.now->birds[Family::kIpv4].status.ok() == kept);
  }
}

TEST_CASE("a table that never could be read shows nothing") {
  Polls polls;
  polls.Poll(kGone);
  CHECK(polls.Poll(kGone).now->routes.status() == kGone);
}

}  // namespace
}  // namespace caliwatch
