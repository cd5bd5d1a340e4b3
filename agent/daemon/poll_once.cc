// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/poll_once.h"

#include <absl/time/clock.h>

#include "agent/daemon/boot_clock.h"
#include "agent/daemon/state_file.h"
#include "lib/read/read_snapshot.h"

namespace caliwatch {

PersistentState PeekState(const Config& config) {
  absl::StatusOr<PersistentState> state = StateFile(config.state_file).Peek();
  return state.ok() ? *std::move(state) : PersistentState();
}

SnapshotPtr ReadOnce(RawNode& node, const Observer& observer) {
  return ReadSnapshot(
      node, absl::Now,
      {.boot_time = BootNow(), .bgp_ports = observer.bgp_ports(), .ask_bird_routes = observer.ask_bird_routes()});
}

Report PollOnce(RawNode& node, Observer& observer) { return observer.Observe(ReadOnce(node, observer)); }

}  // namespace caliwatch
