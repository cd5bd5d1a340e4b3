// SPDX-License-Identifier: Apache-2.0
#pragma once

// The step from a snapshot to a report, with all that is remembered from poll to poll.

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <absl/time/time.h>

#include "lib/analysis/bgp/bird_counts.h"
#include "lib/analysis/bgp/peer_history.h"
#include "lib/analysis/findings/finding_history.h"
#include "lib/analysis/report.h"
#include "lib/analysis/routes/bird_table_query.h"
#include "lib/analysis/state/persistent_state.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

struct Limits {
  // For how long rows outlive a source that fails. Prometheus, too, goes on with a sample for five minutes.
  absl::Duration keep_last_good = absl::Minutes(5);
  // For who looks only so many times, as at a recording: a finding then counts when all looks saw it, whatever its
  // check says.
  std::optional<int> looks = {};
  ConvergenceLimits convergence = {};
};

class Observer {
 public:
  // Goes on from `memory`, which a process before left.
  explicit Observer(Limits limits = {}, PersistentState memory = {})
      : limits_(limits), memory_(std::move(memory)), findings_(limits.looks, memory_.findings) {}

  // The snapshot's two times are the only ones it knows; polls come in order of time. `journal` holds what happened
  // since the poll before; one that is empty and incomplete costs precision only.
  Report Observe(Snapshot snapshot, const Journal& journal = {});

  const PersistentState& memory() const { return memory_; }
  // For which families the next snapshot should bring BIRD's whole table.
  std::array<bool, 2> ask_bird_routes() const;

 private:
  void ExpectBirds(Snapshot& snapshot);
  std::vector<SourceReading> Readings(const Snapshot& snapshot);
  void FollowFamily(Snapshot& snapshot, const Journal& journal, Family family);
  void Remember(Snapshot& snapshot) const;
  void CountRouteChanges(const Snapshot& snapshot);
  void FollowBirdStarts(const Snapshot& snapshot);
  void KeepLastGood(Snapshot& snapshot) const;
  std::vector<PeerReport> ReportPeers(const Snapshot& snapshot) const;

  Limits limits_;
  PersistentState memory_;
  uint64_t polls_ = 0;
  std::shared_ptr<const Snapshot> previous_;
  std::map<absl::string_view, absl::Time> last_good_;  // by source
  PeerHistory peers_;
  std::array<BirdTableQuery, 2> doubts_;  // by Family, as the two below
  std::array<BirdCounter, 2> counters_;
  std::array<BirdReport, 2> birds_;
  FindingHistory findings_;
  RouteChangeCounts route_changes_;
};

}  // namespace caliwatch
