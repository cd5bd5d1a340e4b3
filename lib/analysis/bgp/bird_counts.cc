// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/bird_counts.h"

#include "lib/analysis/convergence/bird_restart.h"

namespace caliwatch {

void BirdCounter::Follow(const BirdView& seen, BirdCounts& counts) {
  uint64_t told = 0;
  for (const BirdEvent& event : seen.bird_journal.events) {
    told += event.kind == BirdEventKind::kReconfigured;
    counts.config_errors += event.kind == BirdEventKind::kConfigError;
  }
  if (seen.status != nullptr && seen.status->since_reconfiguration && seen.status->uptime) {
    const BootTime moment = seen.now - *seen.status->since_reconfiguration;
    // A start reads the configuration, too, and counts as a start.
    const bool at_start = *seen.status->uptime - *seen.status->since_reconfiguration <= absl::Seconds(1);
    const bool moved = reconfigured_ && moment > *reconfigured_ + kBirdJitter && !at_start;
    if (moved && told == 0 && !seen.bird_journal.complete) told = 1;
    if (!reconfigured_ || absl::AbsDuration(moment - *reconfigured_) > kBirdJitter) reconfigured_ = moment;
  }
  counts.reconfigurations += told;
}

}  // namespace caliwatch
