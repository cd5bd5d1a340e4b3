// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/judged_node.h"

#include <iostream>
#include <utility>

#include <absl/time/clock.h>
#include <unistd.h>

#include "agent/config/live_paths.h"
#include "agent/daemon/poll_once.h"
#include "lib/analysis/observe.h"

namespace caliwatch {
namespace {

// A finding must hold for two polls; a second between them is enough for what comes and goes with a pod.
constexpr absl::Duration kBetweenPolls = absl::Seconds(1);

bool AsksForBirdRoutes(const Observer& observer) {
  const PerFamily<bool>& ask = observer.ask_bird_routes();
  return ask[Family::kIpv4] || ask[Family::kIpv6];
}

}  // namespace

JudgedNode JudgeThisNode(const Config& config, bool quiet) {
  const bool watched = !quiet && isatty(STDERR_FILENO) != 0;
  LiveNode node(PathsOf(config));
  Observer observer({.polls_to_hold = 2, .watched_routes = config.watched_routes}, PeekState(config));
  if (watched) std::cerr << "Looking at this node, twice or more, a second apart…" << std::flush;
  const auto poll_twice = [&] {
    PollOnce(node, observer);
    const bool asked = AsksForBirdRoutes(observer);
    absl::SleepFor(kBetweenPolls);
    SnapshotPtr seen = ReadOnce(node, observer);
    Report report = observer.Observe(seen);  // before it is asked what the two leave in doubt
    return std::pair(JudgedNode{std::move(seen), std::move(report), {}}, asked || AsksForBirdRoutes(observer));
  };
  auto [judged, asked] = poll_twice();
  // Where BIRD's counters and the kernel disagree, only its whole table decides: twice, too.
  if (asked) {
    absl::SleepFor(kBetweenPolls);
    judged = poll_twice().first;
  }
  if (watched) std::cerr << "\r\033[K" << std::flush;
  judged.kept = observer.kept();
  return std::move(judged);
}

absl::StatusOr<JudgedNode> JudgeNodeOr(const std::string& recording, const Config& config, bool quiet) {
  if (recording.empty()) return JudgeThisNode(config, quiet);
  return PlayRecording(recording);
}

}  // namespace caliwatch
