// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "test/bench/process_usage.h"

namespace caliwatch {

// Counts millions of instructions of this thread, which other programs on the machine do not change, or CPU
// milliseconds where this machine cannot count them.
class Meter {
 public:
  Meter() {
    perf_event_attr about{};
    about.type = PERF_TYPE_HARDWARE;
    about.size = sizeof about;
    about.config = PERF_COUNT_HW_INSTRUCTIONS;
    about.exclude_kernel = 1;
    about.exclude_hv = 1;
    fd_ = static_cast<int>(syscall(SYS_perf_event_open, &about, 0, -1, -1, 0));
  }
  bool counts_instructions() const { return fd_ >= 0; }
  double Of(const std::function<void()>& work) const {
    const double before = Now();
    work();
    return Now() - before;
  }

 private:
  double Now() const {
    uint64_t instructions = 0;
    if (fd_ >= 0 && read(fd_, &instructions, sizeof instructions) == sizeof instructions)
      return static_cast<double>(instructions) / 1e6;
    return CpuMilliseconds();
  }

  int fd_ = -1;
};

}  // namespace caliwatch
