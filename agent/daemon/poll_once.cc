// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/poll_once.h"

#include <cstdlib>
#include <string>

#include <absl/time/clock.h>
#include <unistd.h>

#include "agent/daemon/event_listener.h"
#include "agent/daemon/state_file.h"
#include "lib/read/read_snapshot.h"

namespace caliwatch {

PersistentState PeekState(const Config& config) {
  absl::StatusOr<PersistentState> state = StateFile(config.state_file).Peek();
  return state.ok() ? *std::move(state) : PersistentState();
}

Report PollOnce(RawNode& node, Observer& observer) {
  return observer.Observe(
      ReadSnapshot(node, absl::Now, {.boot_time = BootNow(), .ask_bird_routes = observer.ask_bird_routes()}));
}

bool WantsColour() {
  const char* refused = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) != 0 && (refused == nullptr || *refused == '\0') &&
         (terminal == nullptr || std::string(terminal) != "dumb");
}

}  // namespace caliwatch
