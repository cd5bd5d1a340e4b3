// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/convergence/bird_restart.h"

#include <algorithm>

#include "lib/analysis/convergence/episode.h"
#include "lib/model/bird_clock.h"

namespace caliwatch {
namespace {

// One start, as the journal and a poll have it, differs by this much at most: the two clocks drift apart.
constexpr absl::Duration kSameStart = absl::Milliseconds(500);

// When the BIRD that answers now started. Its uptime has whole seconds; the socket file's age is exact, unless a clock
// was set or somebody touched the file. One that started while the poll was read counts as started with the poll:
// what the poll saw of it is not older than it.
std::optional<BootTime> StartOf(const BirdView& seen) {
  if (!seen.status->uptime) return std::nullopt;
  const BootTime by_uptime = seen.now - *seen.status->uptime;
  if (!seen.identity) return by_uptime;
  const BootTime by_socket = seen.now - (seen.wall - seen.identity->socket_created);
  return absl::AbsDuration(by_socket - by_uptime) <= kBirdJitter ? std::min(by_socket, seen.now) : by_uptime;
}

bool IsAnotherBird(const ConvergenceState& state, const BirdView& seen, const std::optional<BootTime>& start) {
  const bool later = start && *start > *state.bird_start + kBirdJitter;
  if (!state.identity || !seen.identity) return later;
  const BirdIdentity &before = *state.identity, &now = *seen.identity;
  if (before.pid != 0 && now.pid != 0) return before.pid != now.pid;
  if (before.socket_created == now.socket_created) return false;
  // Only the file shows it. Somebody may have touched it: a BIRD of some age that claims to be as old as before is the
  // same.
  return later || seen.now - *state.bird_start <= 2 * kBirdJitter;
}

void ReadJournal(ConvergenceState& state, const BirdJournal& journal) {
  for (const BirdEvent& event : journal.events) {
    if (event.kind == BirdEventKind::kDied) state.bird_gone = std::min(state.bird_gone.value_or(event.at), event.at);
    const bool known = state.bird_start && event.at <= *state.bird_start + kSameStart;
    if (event.kind == BirdEventKind::kStarted && !known) state.starts_announced.push_back(event.at);
  }
}

// BIRD may have started more than once since the last poll; the first start began the episode.
void TakeRestart(ConvergenceState& state, const BirdView& seen, BootTime start, const ConvergenceLimits& limits) {
  const BootTime first = state.starts_announced.empty() ? start : std::min(start, state.starts_announced.front());
  const int starts = std::max(1, static_cast<int>(state.starts_announced.size()));
  state.counts.restarts += static_cast<uint64_t>(starts);
  // Longer ago, nobody watched what came after, and nobody can know now.
  if (seen.now - start > limits.give_up) return;
  OpenEpisode(state, first, start, starts);
}

}  // namespace

void FollowBirdRestart(ConvergenceState& state, const BirdView& seen, const BirdJournal& journal,
                       const ConvergenceLimits& limits) {
  ReadJournal(state, journal);
  if (seen.status == nullptr) {
    if (!state.bird_gone) state.bird_gone = seen.now;
    return;
  }
  const std::optional<BootTime> start = StartOf(seen);
  if (!state.bird_start) {
    // What is known but has no start is known from before the machine's own start. And an agent that comes late, while
    // BIRD recovers, joins.
    if (state.known && start)
      TakeRestart(state, seen, *start, limits);
    else if (start && seen.status->recovery)
      OpenEpisode(state, *start, *start, 1);
    state.bird_start = start;
    state.identity = seen.identity;
  } else if (IsAnotherBird(state, seen, start)) {
    TakeRestart(state, seen, start.value_or(seen.now), limits);
    state.bird_start = start.value_or(seen.now);
    state.identity = seen.identity;
  }
  state.starts_announced.clear();
  // A BIRD that ends between its two answers is not identified: who it was is still to be told from the next.
  if (seen.identity) state.identity = seen.identity;
  state.bird_gone.reset();
}

}  // namespace caliwatch
