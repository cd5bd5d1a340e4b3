// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/shown.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

const absl::Status kGone = absl::UnavailableError("netlink is gone");

// Polls five seconds apart, the first of which reads all.
struct Polls {
  Shown Poll(const absl::Status& routes) {
    Snapshot node = HealthyNode();
    node.taken_at += number++ * absl::Seconds(5);
    if (!routes.ok()) node.routes = routes;
    for (SourceReading& reading : node.sources)
      if (reading.name == "routes") reading.status = routes;
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

TEST_CASE("a table that cannot be read shows its last rows for a while, and what was read stays as it is") {
  Polls polls;
  const size_t routes = polls.Poll(absl::OkStatus()).now->routes->size();
  for (const bool kept : {true, true, false}) {
    const Shown shown = polls.Poll(kGone);
    CHECK(shown.now->routes.ok() == kept);
    if (kept) CHECK(shown.now->routes->size() == routes);
    CHECK(polls.seen->routes.status() == kGone);
    CHECK(shown.now->links.ok());
  }
  CHECK(polls.Poll(absl::OkStatus()).now == polls.seen);
}

TEST_CASE("a table that never could be read shows nothing") {
  Polls polls;
  polls.Poll(kGone);
  CHECK(polls.Poll(kGone).now->routes.status() == kGone);
}

}  // namespace
}  // namespace caliwatch
