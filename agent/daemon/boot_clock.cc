// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/boot_clock.h"

#include <ctime>

namespace caliwatch {

BootTime BootNow() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return absl::DurationFromTimespec(now);
}

}  // namespace caliwatch
