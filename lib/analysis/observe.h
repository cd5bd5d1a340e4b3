// SPDX-License-Identifier: Apache-2.0
#pragma once

// The step from a snapshot to a report, with all that is remembered from poll to poll.

#include <map>
#include <memory>
#include <string>
#include <tuple>

#include <absl/time/time.h>

#include "lib/analysis/report.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

struct Limits {
  // For how long rows outlive a source that fails. Prometheus, too, goes on with a sample for five minutes.
  absl::Duration keep_last_good = absl::Minutes(5);
  // False for a single look, as at a recording: a finding then counts at once, whatever its check says.
  bool findings_must_hold = true;
};

class Observer {
 public:
  explicit Observer(Limits limits = {}) : limits_(limits) {}

  // `snapshot.taken_at` is the only time it knows; polls come in order of time.
  Report Observe(Snapshot snapshot);

 private:
  struct Peer {
    std::optional<absl::Time> since;
    std::optional<absl::Duration> age;
    bool was_established = false;
    uint64_t flaps = 0;
  };
  struct Candidate {
    absl::Time since;
    int polls = 0;  // in a row that saw it; one that cannot judge does not count
  };
  using PeerKey = std::tuple<Family, std::string>;  // the protocol's name: an address may have two

  void ExpectBirds(Snapshot& snapshot);
  std::vector<SourceReading> Readings(const Snapshot& snapshot);
  Verdict Judge(const Check& check, const Snapshot& snapshot);
  void CountRouteChanges(const Snapshot& snapshot);
  void FollowPeers(const Snapshot& snapshot);
  void FollowBirdStarts(const Snapshot& snapshot);
  void KeepLastGood(Snapshot& snapshot) const;
  std::vector<PeerReport> ReportPeers(const Snapshot& snapshot) const;

  Limits limits_;
  uint64_t polls_ = 0;
  std::shared_ptr<const Snapshot> previous_;
  std::map<absl::string_view, absl::Time> last_good_;  // by source
  std::map<PeerKey, Peer> peers_;
  std::map<absl::string_view, std::map<std::string, Candidate>> candidates_;  // by check, then subject
  std::array<BirdReport, 2> birds_;
  RouteChangeCounts route_changes_;
};

}  // namespace caliwatch
