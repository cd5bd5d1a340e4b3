// SPDX-License-Identifier: Apache-2.0
#pragma once

// How long routes took to come back after BIRD restarted, and who held them up. One episode at a time for each family:
// it starts with BIRD's own start, and has converged when recovery is over, every expected peer is up and every
// expected route is in the kernel, all of it for two polls; its end is the moment of the last change that made it hold.

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/analysis/convergence/expectation.h"
#include "lib/analysis/convergence/route_gap.h"
#include "lib/model/bird_view.h"
#include "lib/model/journal.h"

namespace caliwatch {

// In the order in which an episode meets them: the first condition that does not hold yet names the phase.
enum class ConvergencePhase : uint8_t { kBirdDown, kGracefulRestart, kPeers, kProgramming, kConverged };
inline constexpr std::array<ConvergencePhase, 5> kConvergencePhases = {
    ConvergencePhase::kBirdDown, ConvergencePhase::kGracefulRestart, ConvergencePhase::kPeers,
    ConvergencePhase::kProgramming, ConvergencePhase::kConverged};
absl::string_view ToString(ConvergencePhase phase);  // "bird_down", "graceful_restart", …

struct ConvergenceLimits {
  absl::Duration give_up = absl::Minutes(10);
  // A peer that has been down for this long while BIRD ran is no longer expected back.
  absl::Duration forget_peer = absl::Minutes(1);
};

struct Episode {
  BootTime start;
  BootTime last_start;          // of BIRD, if it restarted again
  absl::Duration away;          // for how long there was no BIRD before
  int restarts = 1;             // of BIRD, within it
  bool was_recovering = false;  // a poll saw it so
  std::optional<BootTime> recovery_end;
  std::map<std::string, BootTime> peer_up;  // by protocol: when it came up
  int polls_held = 0;                       // in a row in which all conditions held
  std::optional<BootTime> held_since;
  std::map<std::string, absl::Duration> waited;  // by protocol: for how long polls saw it waited for
  std::optional<BootTime> last_look;

  bool operator==(const Episode&) const = default;
};

struct WaitedFor {
  std::string protocol;
  absl::Duration time;

  bool operator==(const WaitedFor&) const = default;
};

struct EpisodeSummary {
  BootTime start, end;
  bool converged = true;  // else given up
  absl::Duration away;
  int restarts = 1;
  std::map<ConvergencePhase, absl::Duration> phases;
  std::vector<WaitedFor> blocking_peers;  // the five that were waited for longest, for 5 s or more; those first
  RouteGap gap;
  absl::Time ended_at;  // `end`, which means nothing in another boot, by the wall clock

  absl::Duration duration() const { return end - start; }
  bool operator==(const EpisodeSummary&) const = default;
};

inline constexpr size_t kPastEpisodes = 20;

inline constexpr std::array<double, 11> kConvergenceBounds = {1, 2, 5, 10, 20, 30, 60, 120, 240, 300, 600};  // seconds

// Counters that outlive the process.
struct ConvergenceCounts {
  uint64_t restarts = 0;  // of BIRD
  uint64_t converged = 0, incomplete = 0;
  std::array<uint64_t, kConvergenceBounds.size() + 1> durations{};  // of converged episodes, not cumulative
  double duration_sum = 0;                                          // seconds

  bool operator==(const ConvergenceCounts&) const = default;
};

// All that is remembered of one family.
struct ConvergenceState {
  bool known = false;  // `expected` was learned, by this process or one before
  Expectation expected;
  std::optional<BirdIdentity> identity;
  std::optional<BootTime> bird_start;         // of the BIRD that answered last
  std::optional<BootTime> bird_gone;          // since when BIRD has not answered; absent while it does
  std::vector<BootTime> starts_announced;     // that the journal reported and no poll has confirmed yet
  std::map<std::string, BootTime> peer_down;  // peers that are not up, outside an episode: since when
  uint64_t settled = 0;                       // edition of routes that are just what is expected; 0: of none
  int polls_in_doubt = 0;                     // in a row in which the kernel lacked routes that BIRD may have
  std::optional<Episode> episode;
  RouteGaps gaps;
  ConvergenceCounts counts;
  std::deque<EpisodeSummary> past;  // the last kPastEpisodes, oldest first
};

struct ConvergenceStep {
  ConvergencePhase phase = ConvergencePhase::kConverged;
  absl::Duration elapsed;                   // of the open episode; zero without one, or while all holds
  std::vector<std::string> blocking_peers;  // protocols that are waited for now
  std::vector<Prefix> missing;              // expected destinations that the kernel lacks
  std::vector<std::string> silent_peers;    // SilentPeers() of expectation.h
  bool asks_bird = false;                   // only BIRD's own table shows whether what is missing is still due
  std::optional<EpisodeSummary> ended;      // by this poll
};

// Takes one poll into account. Polls come in order of time; the journal holds what happened since the one before.
ConvergenceStep Advance(ConvergenceState& state, const BirdView& seen, const Journal& journal,
                        const ConvergenceLimits& limits);

}  // namespace caliwatch
