// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/convergence/episode.h"

#include <algorithm>
#include <utility>

namespace caliwatch {
namespace {

// As BIRD prints it: only the day after 20 hours.
BootTime UpSince(const BgpPeer& peer, const Episode& episode, BootTime now) {
  if (!peer.age || peer.age_resolution > absl::Seconds(1)) return episode.last_start;
  return std::clamp(now - *peer.age, episode.last_start, now);
}

BootTime EndOf(const Episode& episode, const ConvergenceState& state) {
  BootTime end = std::max(episode.last_start, episode.recovery_end.value_or(episode.start));
  for (const auto& [name, peer] : state.expected.peers)
    if (const auto up = episode.peer_up.find(name); up != episode.peer_up.end()) end = std::max(end, up->second);
  if (state.gaps.last_return) end = std::max(end, *state.gaps.last_return);
  return std::min(end, *episode.held_since);
}

// The share of each phase in [start, end]: recovery, then peers, then what was left to program.
std::map<ConvergencePhase, absl::Duration> PhasesOf(const Episode& episode, const ConvergenceState& state,
                                                    BootTime end) {
  const BootTime recovered = std::clamp(episode.recovery_end.value_or(end), episode.start, end);
  BootTime peered = recovered;
  for (const auto& [name, peer] : state.expected.peers) {
    const auto up = episode.peer_up.find(name);
    peered = std::max(peered, up != episode.peer_up.end() ? std::min(up->second, end) : end);
  }
  return {{ConvergencePhase::kBirdDown, episode.away},
          {ConvergencePhase::kGracefulRestart, recovered - episode.start},
          {ConvergencePhase::kPeers, peered - recovered},
          {ConvergencePhase::kProgramming, end - peered}};
}

void Count(const EpisodeSummary& summary, ConvergenceCounts& counts) {
  if (!summary.converged) {
    ++counts.incomplete;
    return;
  }
  ++counts.converged;
  const double seconds = absl::ToDoubleSeconds(summary.duration());
  const auto bound = std::lower_bound(kConvergenceBounds.begin(), kConvergenceBounds.end(), seconds);
  ++counts.durations[static_cast<size_t>(bound - kConvergenceBounds.begin())];
  counts.duration_sum += seconds;
}

std::vector<WaitedFor> LongestWaits(const Episode& episode) {
  constexpr size_t kMost = 5;
  constexpr absl::Duration kWorthTelling = absl::Seconds(5);  // an ordinary restart takes less
  std::vector<WaitedFor> waits;
  for (const auto& [protocol, time] : episode.waited)
    if (time >= kWorthTelling) waits.push_back({protocol, time});
  std::stable_sort(waits.begin(), waits.end(), [](const WaitedFor& a, const WaitedFor& b) { return a.time > b.time; });
  if (waits.size() > kMost) waits.resize(kMost);
  return waits;
}

EpisodeSummary CloseEpisode(ConvergenceState& state, const BirdView& seen, BootTime end, bool converged) {
  const Episode& episode = *state.episode;
  EpisodeSummary summary{.start = episode.start,
                         .end = end,
                         .converged = converged,
                         .away = episode.away,
                         .restarts = episode.restarts,
                         .phases = PhasesOf(episode, state, end),
                         .blocking_peers = LongestWaits(episode),
                         .gap = state.gaps.At(end),
                         .ended_at = seen.wall - (seen.now - end)};
  Count(summary, state.counts);
  state.episode.reset();
  state.past.push_back(summary);
  if (state.past.size() > kPastEpisodes) state.past.pop_front();
  return summary;
}

}  // namespace

void OpenEpisode(ConvergenceState& state, BootTime start, BootTime last_start, int restarts) {
  if (!state.episode) {
    state.episode.emplace();
    state.episode->start = start;
    if (state.bird_gone) state.episode->away = std::max(start - *state.bird_gone, absl::ZeroDuration());
    state.episode->restarts = 0;
    state.gaps.Begin();
  }
  Episode& episode = *state.episode;
  episode.last_start = last_start;
  episode.restarts += restarts;
  episode.was_recovering = false;
  episode.recovery_end.reset();
  episode.peer_up.clear();
  episode.polls_held = 0;
  episode.held_since.reset();
}

void StampEpisode(Episode& episode, const BirdView& seen, const BirdJournal& journal) {
  for (const BirdEvent& event : journal.events) {
    if (event.at < episode.last_start) continue;
    if (event.kind == BirdEventKind::kRecoveryEnded) episode.recovery_end = event.at;
    if (event.kind == BirdEventKind::kPeerState && event.state == ProtocolState::kUp)
      episode.peer_up[event.protocol] = event.at;
  }
  if (!seen.bird_answers()) return;
  if (seen.status->recovery)
    episode.was_recovering = true;
  else if (!episode.recovery_end)
    episode.recovery_end = episode.was_recovering ? seen.now : episode.last_start;
  for (const BgpPeer& peer : *seen.peers) {
    if (!peer.IsUp())
      episode.peer_up.erase(peer.name);
    else if (episode.peer_up.count(peer.name) == 0)
      episode.peer_up[peer.name] = UpSince(peer, episode, seen.now);
  }
}

void NoteBlocking(Episode& episode, const std::vector<std::string>& protocols, BootTime now) {
  for (const std::string& protocol : protocols)
    episode.waited[protocol] += now - episode.last_look.value_or(episode.start);
  episode.last_look = now;
}

std::optional<EpisodeSummary> MaybeClose(ConvergenceState& state, ConvergencePhase phase, const BirdView& seen,
                                         const ConvergenceLimits& limits) {
  Episode& episode = *state.episode;
  if (phase == ConvergencePhase::kConverged) {
    ++episode.polls_held;
    if (!episode.held_since) episode.held_since = seen.now;
  } else {
    episode.polls_held = 0;
    episode.held_since.reset();
  }
  if (episode.polls_held >= 2) return CloseEpisode(state, seen, EndOf(episode, state), true);
  if (seen.now - episode.start > limits.give_up) return CloseEpisode(state, seen, seen.now, false);
  return std::nullopt;
}

}  // namespace caliwatch
