// SPDX-License-Identifier: Apache-2.0
#pragma once

// What one poll says about the node: all that metrics, pages and the command line show. Immutable once made.

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/analysis/bgp/peer_cause.h"
#include "lib/analysis/convergence/convergence.h"
#include "lib/analysis/findings/check.h"
#include "lib/analysis/state/persistent_state.h"
#include "lib/model/route_owner.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

struct FindingId {
  absl::string_view check;
  std::string subject;

  bool operator==(const FindingId&) const = default;
};

struct OpenFinding {
  Finding finding;
  absl::Time since;                            // of the first poll in the row that saw it
  std::optional<FindingId> explained_by = {};  // another open finding, which is the one to count and to tell of
};

struct Verdict {
  const Check* check = nullptr;       // lives as long as the program
  absl::Status judged;                // not OK: why the check cannot judge
  std::vector<OpenFinding> findings;  // ordered by subject

  bool lacks_something() const;  // it wants to judge and cannot; false, too, where it does not apply to this node
  size_t RootCauses() const;     // how many have no cause among the other findings
};

struct PastFinding {
  const Check* check = nullptr;
  std::string subject, detail;
  absl::Time since, until;
};

struct PeerReport {
  Family family = Family::kIpv4;
  BgpPeer peer;
  std::optional<absl::Time> since;  // of the protocol's state; steady, though BIRD 1.x rounds it anew each time
  uint64_t flaps = 0;               // times it left Established
  std::optional<uint32_t>
      kernel_routes;                     // of table main, whose gateway is the peer; absent while routes cannot be read
  PeerDiagnosis diagnosis;               // why it is not up
  std::optional<BgpSocket> socket = {};  // absent: there is none, or sockets cannot be read
};

struct BlockingPeer {
  std::string protocol;
  std::string address;  // or the protocol's name again, where BIRD has none
  PeerKind kind = PeerKind::kOther;
  bool passive = false;  // it has to dial, we wait

  bool operator==(const BlockingPeer&) const = default;
};

// How far one family is with coming back after a restart of BIRD; see convergence.h.
struct ConvergenceReport {
  ConvergencePhase phase = ConvergencePhase::kConverged;
  absl::Duration elapsed;
  std::vector<BlockingPeer> blocking_peers;
  size_t missing_routes = 0;
  RouteGap gap;  // of the open episode, or of the last
  ConvergenceCounts counts;
  std::deque<EpisodeSummary> past;      // of the last episodes, oldest first
  std::optional<EpisodeSummary> ended;  // by this poll

  const EpisodeSummary* last() const { return past.empty() ? nullptr : &past.back(); }
};

struct BirdReport {
  bool expected = false;                   // this node runs BIRD for the family, answering or not
  std::optional<absl::Time> started;       // steady, as PeerReport::since
  std::optional<IpAddress> local_address;  // that most of its sessions are, or were last, spoken from
  BirdCounts counts;
  ConvergenceReport convergence;
};

enum class RouteChange : uint8_t { kAdded, kRemoved };
using RouteChangeCounts = std::map<std::tuple<Family, RouteOwner, RouteChange>, uint64_t>;

// What the process knows of itself; the agent fills it in.
struct ProcessStats {
  std::string version, revision, compiler;
  double cpu_seconds = 0;
  double start_time_seconds = 0;  // since the epoch
  uint64_t open_fds = 0, max_fds = 0;
  uint64_t virtual_bytes = 0, virtual_max_bytes = 0, resident_bytes = 0;
  uint64_t network_receive_bytes = 0, network_transmit_bytes = 0;
  std::vector<uint64_t> poll_duration_buckets;  // not cumulative, one per bound of kPollDurationBounds and one beyond
  double poll_duration_sum = 0;                 // seconds
  uint64_t route_events_lost = 0;               // polls for which the journal of routes was incomplete
  uint64_t state_file_errors = 0;
};
inline constexpr double kPollDurationBounds[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};

struct Report {
  // Tables that could not be read hold the last good rows for a while (Limits::keep_last_good); `readings` says how old
  // each is.
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<SourceReading> readings;     // of this poll; sources that do not apply to this node are left out
  std::vector<Verdict> verdicts;           // one a check, by name
  std::vector<PeerReport> peers;           // by family, then as BIRD lists them
  std::array<BirdReport, 2> birds;         // by Family
  RouteChangeCounts route_changes;         // since the agent began
  std::vector<PastFinding> past_findings;  // since the agent began, the last ones, newest first
  uint64_t polls = 0;
  ProcessStats process;

  const BirdReport& bird(Family family) const { return birds[static_cast<size_t>(family)]; }
};

}  // namespace caliwatch
