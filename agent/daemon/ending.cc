// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/ending.h"

#include <cstdlib>
#include <thread>

#include <absl/time/clock.h>
#include <absl/time/time.h>

#include "agent/log/log.h"

namespace caliwatch {

sigset_t HoldSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

ExitCode Leave(ExitCode code) {
  std::thread([code] {
    absl::SleepFor(absl::Milliseconds(300));
    std::_Exit(code);
  }).detach();
  FlushLog(absl::Milliseconds(200));
  return code;
}

}  // namespace caliwatch
