// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/convergence/convergence.h"

#include <algorithm>

#include "lib/analysis/convergence/bird_restart.h"
#include "lib/analysis/convergence/episode.h"
#include "lib/analysis/convergence/expectation_update.h"
#include "lib/analysis/convergence/prefix_walk.h"
#include "lib/analysis/routes/route_counters.h"

namespace caliwatch {
namespace {

// Calico's BIRD starts with whatever configuration is there, and gets its peers by a reload some seconds later.
constexpr absl::Duration kConfigured = absl::Seconds(10);
// A route event that belongs to the moment at which all began to hold may be read a little after that poll.
constexpr absl::Duration kReadLate = absl::Milliseconds(500);

void FollowRouteEvents(ConvergenceState& state, const Journal& journal) {
  const std::vector<ExpectedRoute>& expected = state.expected.routes;
  for (const RouteEvent& event : journal.routes) {
    if (!event.remote) continue;
    const auto found =
        std::lower_bound(expected.begin(), expected.end(), event.destination,
                         [](const ExpectedRoute& route, const Prefix& prefix) { return route.destination < prefix; });
    if (found == expected.end() || found->destination != event.destination) continue;
    const std::optional<BootTime> end_before = state.gaps.last_return;
    event.added ? state.gaps.MarkPresent(event.destination, event.at)
                : state.gaps.MarkMissing(event.destination, event.at);
    // What changes while all holds is another story.
    if (state.episode && state.episode->held_since && event.at > *state.episode->held_since + kReadLate)
      state.gaps.last_return = end_before;
  }
}

// The dump decides. IPv4 routes that went with their interface went silently: then the interface's event has the time.
// A route that is there again, that no event reported, either came between journal and dump, which the next journal
// reports; or it never was gone: the event was about another route to the same destination.
void FollowMissing(ConvergenceState& state, const std::vector<Prefix>& missing, const BirdView& seen,
                   const Journal& journal) {
  const BootTime lost_at = journal.interface_changes.empty() ? seen.now : journal.interface_changes.front();
  state.gaps.MarkMissing(missing, lost_at);
  std::vector<Prefix> back;
  PrefixWalk walk(missing);
  for (const auto& [prefix, lost] : state.gaps.open)
    if (!walk.Holds(prefix)) back.push_back(prefix);
  for (const Prefix& prefix : back) {
    if (!journal.routes_complete)
      state.gaps.MarkPresent(prefix, seen.now);
    else if (!state.gaps.returned_unannounced.insert(prefix).second)
      state.gaps.Forget(prefix);
  }
}

// Expected peers that are not there yet. One that is gone from BIRD's configuration is not waited for.
std::vector<std::string> PeersMissing(const ConvergenceState& state, const BirdView& seen,
                                      const std::vector<std::string>& silent) {
  std::vector<std::string> missing = silent;
  const bool configured = !seen.status->uptime || *seen.status->uptime >= kConfigured;
  const PeersByName peers = IndexPeers(*seen.peers);
  for (const auto& [name, expected] : state.expected.peers) {
    const BgpPeer* peer = FindPeer(peers, name);
    if (peer == nullptr ? !configured : !peer->IsUp()) missing.push_back(name);
  }
  std::sort(missing.begin(), missing.end());
  return missing;
}

std::vector<std::string> PeersPending(const std::vector<BgpPeer>& peers) {
  std::vector<std::string> pending;
  for (const BgpPeer& peer : peers)
    if (peer.recovery == RecoveryRole::kPending) pending.push_back(peer.name);
  return pending;
}

bool KernelRefuses(const std::vector<BirdRoute>& bird_routes) {
  return std::any_of(bird_routes.begin(), bird_routes.end(),
                     [](const BirdRoute& route) { return route.best && route.kernel_refused; });
}

// Takes the word of who knows whether doubtful routes are still due; false while nobody has been asked who could.
bool ResolveDoubt(ConvergenceState& state, const BirdView& seen, const RouteComparison& doubt,
                  const RemoteRoutes& kernel) {
  if (state.polls_in_doubt < 2) return false;
  if (seen.bird_routes != nullptr) {
    ResolveDoubtfulRoutes(state, doubt, BestRoutes(*seen.bird_routes));
    return true;
  }
  // What Felix makes, BIRD does not count.
  if (state.expected.felix_routes || kernel.felix_routes || !CountersAgree(Disagreement(seen, TallyOf(*seen.routes))))
    return false;
  ResolveDoubtfulRoutes(state, doubt, kernel.rows);
  return true;
}

// Nothing can be missing: these very routes were what is expected, and that has not changed since.
bool IsSettled(const ConvergenceState& state, const BirdView& seen) {
  return seen.routes_edition != 0 && seen.routes_edition == state.settled && state.gaps.open.empty();
}

struct RouteState {
  RemoteRoutes kernel;
  RouteComparison comparison;  // of what is expected with it
};

// Compares expected with actual routes, and follows what is missing through time.
RouteState FollowRoutes(ConvergenceState& state, const BirdView& seen, const Journal& journal, bool peers_are_there,
                        ConvergenceStep& step) {
  if (seen.routes == nullptr) return {};
  if (IsSettled(state, seen)) {
    state.polls_in_doubt = 0;
    return {};
  }
  RouteState routes{RemoteRoutesOf(seen, state.expected), {}};
  const auto compare = [&] { routes.comparison = Compare(state.expected.routes, routes.kernel.rows); };
  compare();
  if (!state.episode && seen.peers != nullptr && !routes.comparison.missing.empty() &&
      DropRoutesOfDownPeers(state, *seen.peers, routes.comparison.missing))
    compare();
  const bool recovering = !seen.bird_answers() || seen.status->recovery;
  const bool doubt = !routes.comparison.missing.empty() || (state.episode && !routes.comparison.different.empty());
  state.polls_in_doubt = doubt && !recovering && (peers_are_there || !state.episode) ? state.polls_in_doubt + 1 : 0;
  if (ResolveDoubt(state, seen, routes.comparison, routes.kernel))
    compare();
  else
    step.asks_bird = state.polls_in_doubt >= 2;
  FollowMissing(state, routes.comparison.missing, seen, journal);
  return routes;
}

ConvergencePhase PhaseOf(const BirdView& seen, const ConvergenceState& state, bool peers_are_there,
                         const RouteComparison& comparison) {
  if (!seen.bird_answers()) return ConvergencePhase::kBirdDown;
  if (!state.episode) return ConvergencePhase::kConverged;  // a peer that is down is a finding, not an episode
  if (seen.status->recovery) return ConvergencePhase::kGracefulRestart;
  if (!peers_are_there) return ConvergencePhase::kPeers;
  const bool refused = seen.bird_routes != nullptr && KernelRefuses(*seen.bird_routes);
  if (seen.routes == nullptr || refused || !comparison.missing.empty() || !comparison.different.empty())
    return ConvergencePhase::kProgramming;
  return ConvergencePhase::kConverged;
}

void UpdateExpectation(ConvergenceState& state, const BirdView& seen, const RouteState& routes,
                       const ConvergenceLimits& limits) {
  if (!seen.bird_answers() || seen.status->recovery || seen.routes == nullptr) return;
  if (!IsSettled(state, seen)) {
    UpdateExpectedRoutes(state, routes.kernel, routes.comparison.missing);
    const bool settled = routes.comparison.missing.empty() && routes.kernel.by_bird_alone;
    state.settled = settled ? seen.routes_edition : 0;
  }
  UpdateExpectedPeers(state, seen, limits.forget_peer);
  state.known = true;
}

}  // namespace

absl::string_view ToString(ConvergencePhase phase) {
  switch (phase) {
    case ConvergencePhase::kBirdDown:
      return "bird_down";
    case ConvergencePhase::kGracefulRestart:
      return "graceful_restart";
    case ConvergencePhase::kPeers:
      return "peers";
    case ConvergencePhase::kProgramming:
      return "programming";
    case ConvergencePhase::kConverged:
      break;
  }
  return "converged";
}

ConvergenceStep Advance(ConvergenceState& state, const BirdView& seen, const Journal& journal,
                        const ConvergenceLimits& limits) {
  ConvergenceStep step;
  const BirdJournal& bird_journal = journal.birds[seen.family];
  FollowBirdRestart(state, seen, bird_journal, limits);
  FollowRouteEvents(state, journal);
  if (state.episode) StampEpisode(*state.episode, seen, bird_journal);

  std::vector<std::string> peers_missing;
  if (seen.bird_answers()) {
    step.silent_peers = SilentPeers(state.expected, seen);
    peers_missing = PeersMissing(state, seen, step.silent_peers);
  }
  const RouteState routes = FollowRoutes(state, seen, journal, peers_missing.empty(), step);
  step.missing = routes.comparison.missing;
  step.phase = PhaseOf(seen, state, peers_missing.empty(), routes.comparison);
  if (step.phase == ConvergencePhase::kGracefulRestart) step.blocking_peers = PeersPending(*seen.peers);
  if (step.phase == ConvergencePhase::kPeers) step.blocking_peers = peers_missing;

  if (state.episode) {
    if (step.phase != ConvergencePhase::kConverged) step.elapsed = seen.now - state.episode->start;
    NoteBlocking(*state.episode, step.blocking_peers, seen.now);
    step.ended = MaybeClose(state, step.phase, seen, limits);
    if (step.ended) step.elapsed = absl::ZeroDuration();
  }
  if (!state.episode) UpdateExpectation(state, seen, routes, limits);
  return step;
}

}  // namespace caliwatch
