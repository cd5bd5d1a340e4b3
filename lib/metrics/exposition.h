// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "lib/analysis/report.h"
#include "lib/metrics/shown_peers.h"

namespace caliwatch {

struct ConfigReload {
  bool successful = true;  // the last attempt, the one at the start included
  absl::Time last_success;
};

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
  uint64_t polls_failed = 0;
  ConfigReload config_reload;
};
inline constexpr double kPollDurationBounds[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5};

// All that metrics are read from.
struct Exposed {
  const Report& report;
  const ProcessStats& process;
  PeerDetail peer_detail = PeerDetail::kAuto;
  ShownPeers peers = {};  // as peer_detail chooses them; RenderMetrics fills it in
};

// Prometheus' text format 0.0.4, always valid UTF-8 with unique series, whatever bytes the node uses in names.
std::string RenderMetrics(const Exposed& exposed);

}  // namespace caliwatch
