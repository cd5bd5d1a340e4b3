// SPDX-License-Identifier: Apache-2.0
#pragma once

// All that is remembered from poll to poll, as one value: a copy of it can be continued in two ways.

#include <cstdint>
#include <optional>
#include <utility>

#include "lib/analysis/bgp/bgp_sockets.h"
#include "lib/analysis/bgp/bird_counts.h"
#include "lib/analysis/bgp/config_history.h"
#include "lib/analysis/bgp/peer_history.h"
#include "lib/analysis/bgp/route_attribution.h"
#include "lib/analysis/bgp/session_ports.h"
#include "lib/analysis/evidence/derived.h"
#include "lib/analysis/evidence/endpoint_file_history.h"
#include "lib/analysis/evidence/felix_history.h"
#include "lib/analysis/evidence/file_age.h"
#include "lib/analysis/evidence/shown.h"
#include "lib/analysis/evidence/sources.h"
#include "lib/analysis/findings/finding_history.h"
#include "lib/analysis/routes/bird_table_query.h"
#include "lib/analysis/routes/block_claims.h"
#include "lib/analysis/routes/link_traffic.h"
#include "lib/analysis/routes/node_reach.h"
#include "lib/analysis/routes/route_churn.h"
#include "lib/analysis/routes/route_diff.h"
#include "lib/analysis/routes/tunnel_exits.h"
#include "lib/analysis/routes/unprogrammed_routes.h"
#include "lib/analysis/routes/watched_routes.h"
#include "lib/analysis/state/persistent_state.h"
#include "lib/analysis/workloads/neighbor_churn.h"
#include "lib/analysis/workloads/owner_history.h"

namespace caliwatch {

struct Counts {
  uint64_t polls = 0;
  RouteChangeCounts route_changes = NoRouteChanges();  // from poll to poll
  RouteChangeCounts route_events = NoRouteChanges();   // all that the kernel announced
  NeighborChangeCounts neighbor_events;
};

// Ends with the process.
struct RunState {
  SourceHistory sources;
  SnapshotPtr shown;  // by the last poll; null before the first
  DerivedOfRoutes derived;
  PerFamily<BirdTableQuery> bird_tables;
  PerFamily<UnprogrammedRoutesOfAnswer> unprogrammed;
  PerFamily<BirdCounter> bird_counters;
  PerFamily<ConfigHistory> bird_configs;
  PerFamily<std::optional<absl::Time>> bird_started;
  PeerHistory peers;
  SocketHistory sockets;
  SessionPorts session_ports;
  PerFamily<RouteAttribution> attribution;
  PerFamily<BlockClaims> block_claims;
  OwnerHistory owners;
  RouteChurn route_churn;
  TunnelExits tunnel_exits;
  NeighborChurn neighbor_churn;
  TrafficHistory traffic;
  ReachHistory reach;
  WatchedRoutes watched_routes;
  FelixHistory felix;
  EndpointFileHistory endpoint_files;
  FileAge cni_file;
  FindingHistory findings;
  Counts counts;
};

struct State {
  // Goes on from what a process before left.
  explicit State(PersistentState left = {}) : kept(std::move(left)) {
    run.findings = FindingHistory(kept.findings);
    run.peers = PeerHistory(kept.peers);
    run.sources.bird_expected = kept.bird_expected;
    run.felix = FelixHistory(kept.felix);
    run.owners = OwnerHistory(kept.former_owners);
    run.reach = ReachHistory(kept.unreached);
    if (kept.file_doubts) run.endpoint_files = EndpointFileHistory(*kept.file_doubts);
  }

  PersistentState kept;
  RunState run;
};

}  // namespace caliwatch
