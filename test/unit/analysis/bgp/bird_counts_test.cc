// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/bird_counts.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

// A BIRD that has run for an hour, and whose log is read.
struct Watched {
  Snapshot node = HealthyNode();
  BirdCounter counter;
  BirdCounts counts;

  Watched() { Poll(absl::Hours(1), absl::Hours(1)); }
  void Poll(absl::Duration uptime, absl::Duration since_reconfiguration, const BirdJournal& journal = {}) {
    LetPass(absl::Seconds(5), node);
    node.birds[Family::kIpv4].status->uptime = uptime;
    node.birds[Family::kIpv4].status->since_reconfiguration = since_reconfiguration;
    counter.Follow(BirdView(node, Family::kIpv4), journal, counts);
  }
};

BirdJournal Read(std::vector<BirdEvent> events, bool complete = true) {
  BirdJournal journal;
  journal.events = std::move(events);
  journal.complete = complete;
  return journal;
}

constexpr absl::Duration kLater = absl::Seconds(3605);

TEST_CASE("configurations that BIRD has taken, and those that it has refused, are counted as its log tells them") {
  Watched bird;
  bird.Poll(
      kLater, absl::Seconds(1),
      Read({{.kind = BirdEventKind::kReconfigured}, {.kind = BirdEventKind::kConfigError, .text = "syntax error"}}));
  CHECK(bird.counts == BirdCounts{1, 1});
  bird.Poll(kLater + absl::Seconds(5), absl::Seconds(2),
            Read({{.kind = BirdEventKind::kReconfigured}, {.kind = BirdEventKind::kReconfigured}}));
  CHECK(bird.counts == BirdCounts{3, 1});
}

TEST_CASE("where the log was not read to the end, BIRD's own time of its last configuration tells of one") {
  Watched bird;
  bird.Poll(kLater, absl::Seconds(1), Read({}, false));
  CHECK(bird.counts == BirdCounts{1, 0});
  bird.Poll(kLater + absl::Seconds(5), absl::Seconds(6), Read({}, false));
  CHECK(bird.counts == BirdCounts{1, 0});
}

TEST_CASE("a start reads the configuration, too, and is no reconfiguration") {
  Watched bird;
  bird.Poll(absl::Seconds(2), absl::Seconds(2), Read({}, false));
  CHECK(bird.counts == BirdCounts{});
}

}  // namespace
}  // namespace caliwatch
