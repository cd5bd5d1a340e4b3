// SPDX-License-Identifier: Apache-2.0
#pragma once

// The step from a snapshot to a report.

#include <optional>
#include <utility>
#include <vector>

#include <absl/time/time.h>

#include "lib/analysis/report.h"
#include "lib/analysis/state/state.h"
#include "lib/model/journal.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

struct Limits {
  // For how long pages show what a BIRD said last, with the time of that, while it does not answer.
  absl::Duration keep_last_good = absl::Minutes(5);
  // For who polls only so many times, as a recording: a finding then counts when all polls saw it, whatever its check
  // says.
  std::optional<int> polls_to_hold = {};
  // In how many polls in a row BIRD's counters and the kernel must disagree before BIRD's whole table is judged by. One
  // where each poll brings the table, as those of a recording.
  int polls_to_doubt = BirdTableQuery::kPollsToDoubt;
  ConvergenceLimits convergence = {};
  std::vector<Prefix> watched_routes = {};  // to be reported one by one; they change no verdict
};

struct Step {
  Report report;
  PerFamily<bool> ask_bird_routes;  // for which families the next snapshot should bring BIRD's whole table
};

// The snapshot's two times are the only ones it knows; polls come in order of time. `journal` holds what happened since
// the poll before; one that is empty and incomplete costs precision only.
Step Observe(State& state, const SnapshotPtr& seen, const Journal& journal, const Limits& limits);

// The same for one node, poll after poll.
class Observer {
 public:
  // Goes on from what a process before left.
  explicit Observer(Limits limits = {}, PersistentState left = {})
      : limits_(std::move(limits)), state_(std::move(left)) {}

  Report Observe(const SnapshotPtr& seen, const Journal& journal = {});

  // From the next poll on.
  void WatchRoutes(std::vector<Prefix> prefixes) { limits_.watched_routes = std::move(prefixes); }

  const PersistentState& kept() const { return state_.kept; }
  // What the next poll is to read.
  const PerFamily<bool>& ask_bird_routes() const { return ask_bird_routes_; }
  const std::vector<uint16_t>& bgp_ports() const { return state_.run.session_ports.wanted(); }
  // Of the last poll, as far as it could be read; null before the first.
  const Snapshot* last() const { return state_.run.shown.get(); }

 private:
  Limits limits_;
  State state_;
  PerFamily<bool> ask_bird_routes_ = {};
};

}  // namespace caliwatch
