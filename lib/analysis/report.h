// SPDX-License-Identifier: Apache-2.0
#pragma once

// What one poll says about the node: results alone, no table of rows. All that metrics, pages and the command line show
// is here. Immutable once made.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "lib/analysis/bgp/bird_counts.h"
#include "lib/analysis/bgp/peer_report.h"
#include "lib/analysis/convergence/convergence_report.h"
#include "lib/analysis/evidence/sources.h"
#include "lib/analysis/findings/verdict.h"
#include "lib/analysis/kernel_report.h"
#include "lib/analysis/routes/link_traffic.h"
#include "lib/analysis/routes/node_reach.h"
#include "lib/analysis/routes/remote_nodes.h"
#include "lib/analysis/routes/route_churn.h"
#include "lib/analysis/routes/route_diff.h"
#include "lib/analysis/routes/watched_routes.h"
#include "lib/analysis/this_node.h"
#include "lib/analysis/workloads/neighbor_churn.h"

namespace caliwatch {

// What is shown of one BIRD; while it does not answer, what it said last, for Limits::keep_last_good. Then `reading`
// has the error, and when that was.
struct BirdReport {
  bool expected = false;                // this node runs BIRD for the family, answering or not
  std::optional<SourceStatus> reading;  // of this poll; absent: the source does not apply to this node

  // Whether `status` and the peers may stand for what is: read by this poll, or the one before.
  bool is_current() const { return reading && reading->is_current(); }
  // When they were read, if that was before this poll.
  std::optional<absl::Time> read_before() const {
    return reading && !reading->status.ok() ? reading->last_good : std::nullopt;
  }

  absl::StatusOr<BirdStatus> status = NeverRead();
  bool knows_peers = false;
  std::optional<BirdProtocol> kernel_protocol;  // that gives BIRD's routes to the kernel
  std::optional<absl::Time> started;            // steady, as PeerReport::since
  std::optional<IpAddress> local_address;       // that most of its sessions are, or were last, spoken from
  BirdCounts counts;
  ConvergenceReport convergence;
};

struct FelixReport {
  bool expected = false;                             // Felix works on this node, or did since it booted
  std::optional<SourceStatus> reading;               // as of BirdReport; absent also where nobody ever answered
  absl::StatusOr<FelixHealth> health = NeverRead();  // of this poll, or of the one before if this one could not read it
  absl::Time since;                                  // when it began to be ready, not ready, not live, or not to answer
};

struct Report {
  absl::Time taken_at;
  absl::StatusOr<std::string> node_name = NeverRead();
  std::vector<SourceStatus> sources;  // of this poll; those that do not apply to this node are left out
  std::vector<Verdict> verdicts;      // one a check, by name
  std::vector<PeerReport> peers;      // by family, then as BIRD lists them
  PerFamily<BirdReport> birds;
  absl::StatusOr<CniKubeconfig> cni_kubeconfig = NeverRead();
  absl::StatusOr<RemoteNodes> remote_nodes = NeverRead();
  absl::StatusOr<std::vector<WatchedRoute>> watched_routes = NeverRead();  // those that the user wants to be told of
  std::optional<ReachReport> reach = {};                                   // absent: no other node is asked
  FelixReport felix;
  ThisNode this_node;
  KernelReport kernel;
  std::vector<LinkTraffic> traffic;                  // of tunnels and uplinks; empty while it cannot be read
  std::vector<RecurringRoute> recurring_routes;      // of late
  std::vector<RestlessNeighbor> restless_neighbors;  // of late
  RouteChangeCounts route_changes;                   // from poll to poll, since the agent began
  RouteChangeCounts route_events;                    // that the kernel announced since then
  NeighborChangeCounts neighbor_events;              // likewise
  std::vector<PastFinding> past_findings;            // since the agent began, the last ones, newest first
  uint64_t polls = 0;
};

}  // namespace caliwatch
