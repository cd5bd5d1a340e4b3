// SPDX-License-Identifier: Apache-2.0
// Real BIRDs whose clock is old, was set, or changes to summer time: none of that is a restart.
#include "lib/analysis/observe.h"
#include "test/support/bird_recordings.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/restarting_node.h"

namespace caliwatch {
namespace {

// The healthy node with the BIRD of a recording, at a moment of its own.
Snapshot NodeWith(const std::string& status, const std::string& protocols, BootTime boot_time, absl::Time wall) {
  Snapshot node = HealthyNode();
  node.boot_time = boot_time;
  node.taken_at = wall;
  Bird& bird = node.birds[Family::kIpv4];
  bird.status = BirdStatusFrom(status);
  bird.status->recovery.reset();  // some were recorded when they had just started, which is another story
  absl::StatusOr<BirdProtocols> rows = BirdProtocolsFrom(protocols, *BirdClockFrom(status));
  bird.identity = {absl::FromUnixSeconds(1), 100};
  bird.protocols = rows->others;
  bird.peers = rows->peers;
  return node;
}

void CheckNothingHappened(const Observer& observer) {
  const ConvergenceState& state = observer.kept().convergence[Family::kIpv4];
  CHECK(state.known);
  CHECK(state.counts.restarts == 0);
  CHECK_FALSE(state.episode);
  CHECK(state.past.empty());
  for (const auto& [peer, flaps] : observer.kept().flaps) CHECK(flaps == 0);
}

void CheckPair(const std::string& situation, absl::Duration passed, absl::Duration wall_passed) {
  const BootTime booted = absl::Hours(50);
  const absl::Time wall = absl::FromUnixSeconds(1'800'000'000);
  Observer observer;
  const auto look = [&](const std::string& when, BootTime boot_time, absl::Time at) {
    const std::string of = situation + when;
    observer.Observe(Seen(NodeWith(ReadBirdRecording(of + "__show_status.txt"),
                                   ReadBirdRecording(of + "__show_protocols.txt"), boot_time, at)));
  };
  look("_before", booted, wall);
  look("_after", booted + passed, wall + wall_passed);
  look("_after", booted + passed, wall + wall_passed);
  CheckNothingHappened(observer);
}

TEST_CASE("a BIRD that grows older than 20 and 25 hours between two polls has not restarted") {
  const auto version = GENERATE(as<std::string>(), "1.6.8", "2.0.12");
  CheckPair(version + "/older19h", absl::Hours(19) + absl::Seconds(3), absl::Hours(19) + absl::Seconds(3));
  CheckPair(version + "/older25h", absl::Hours(25) + absl::Seconds(3), absl::Hours(25) + absl::Seconds(3));
}

TEST_CASE("a wall clock that is set by an hour, forwards and back, is no restart") {
  const auto version = GENERATE(as<std::string>(), "1.6.8", "2.0.12");
  CheckPair(version + "/wallstep", absl::Seconds(3), absl::Hours(1) + absl::Seconds(3));
}

// BIRD tells local time: the hour that is repeated in autumn, and the one that is left out in spring.
TEST_CASE("a change to or from summer time is no restart") {
  constexpr char kStatus[] =
      "1000-BIRD 1.6.8\n1011-Router ID is 10.39.1.231\n Current server time is %s\n Last reboot on %s\n Last "
      "reconfiguration on %s\n0013 Daemon is up and running\n";
  const auto status = [&](const std::string& now, const std::string& reboot) {
    std::string text = kStatus;
    for (const std::string& moment : {now, reboot, reboot}) text.replace(text.find("%s"), 2, moment);
    return text;
  };
  const auto protocols = [](const std::string& since) {
    return "2002-name     proto    table    state  since       info\n1002-Mesh_10_39_1_219 BGP      master   up     " +
           since + "    Established   \n0000 \n";
  };
  struct Change {
    std::string before, after, reboot, since;
  };
  for (const Change& change :
       {Change{"2026-10-25 02:59:58", "2026-10-25 02:00:03", "2026-10-24 20:00:00", "20:00:05"},
        Change{"2026-03-29 01:59:58", "2026-03-29 03:00:03", "2026-03-28 20:00:00", "20:00:05"}}) {
    Observer observer;
    const absl::Time wall = absl::FromUnixSeconds(1'800'000'000);
    for (int poll = 0; poll < 4; ++poll)
      observer.Observe(
          Seen(NodeWith(status(poll < 2 ? change.before : change.after, change.reboot), protocols(change.since),
                        absl::Hours(50) + poll * absl::Seconds(5), wall + poll * absl::Seconds(5))));
    CheckNothingHappened(observer);
  }
}

// A poll has one moment, that at which it began to read; what it reads may be younger.
TEST_CASE("a BIRD that starts while a poll is being read starts with that poll, and no phase is less than nothing") {
  RestartingNode node;
  node.Poll();
  node.Pass(absl::Seconds(5));
  node.RestartBird(absl::ZeroDuration(), false);
  node.Connect(0);
  node.Connect(1);
  const BootTime poll = node.now -= absl::Milliseconds(40);
  const EpisodeSummary episode = node.PollUntilEnd();
  CHECK(episode.start == poll);
  CHECK(episode.end >= episode.start);
  for (const auto& [phase, took] : episode.phases) CHECK(took >= absl::ZeroDuration());
}

TEST_CASE("a BIRD that ends in the middle of its answers, soon after its start, is told from the next one") {
  RestartingNode node;
  node.Poll();
  node.Pass(absl::Seconds(5));
  node.RestartBird(absl::ZeroDuration(), false);
  node.tells_events = false;
  node.Poll();
  CHECK(node.state.counts.restarts == 1);
  Bird& bird = node.node.birds[Family::kIpv4];
  const BirdIdentity identity = *bird.identity;
  bird.identity.reset();
  node.Poll();
  bird.identity = identity;
  node.Pass(absl::Milliseconds(300));
  node.RestartBird(absl::ZeroDuration(), false);
  node.Poll();
  CHECK(node.state.counts.restarts == 2);
  node.Pass(absl::Seconds(1));
  node.Poll();
  CHECK(node.state.counts.restarts == 2);
}

}  // namespace
}  // namespace caliwatch
