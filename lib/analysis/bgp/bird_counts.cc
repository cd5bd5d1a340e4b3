// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/bird_counts.h"

#include "lib/model/bird_clock.h"

namespace caliwatch {

void BirdCounter::Follow(const BirdView& seen, const BirdJournal& journal, BirdCounts& counts) {
  uint64_t reported = 0;
  for (const BirdEvent& event : journal.events) {
    reported += event.kind == BirdEventKind::kReconfigured;
    counts.config_errors += event.kind == BirdEventKind::kConfigError;
  }
  if (seen.status != nullptr && seen.status->since_reconfiguration && seen.status->uptime) {
    const BootTime moment = seen.now - *seen.status->since_reconfiguration;
    // A start reads the configuration, too, and counts as a start.
    const bool at_start = *seen.status->uptime - *seen.status->since_reconfiguration <= absl::Seconds(1);
    const bool moved = reconfigured_ && moment > *reconfigured_ + kBirdJitter && !at_start;
    if (moved && reported == 0 && !journal.complete) reported = 1;
    if (!reconfigured_ || absl::AbsDuration(moment - *reconfigured_) > kBirdJitter) reconfigured_ = moment;
  }
  counts.reconfigurations += reported;
}

}  // namespace caliwatch
