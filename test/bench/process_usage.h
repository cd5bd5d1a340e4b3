// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <fstream>
#include <limits>
#include <string>

#include <sys/resource.h>

namespace caliwatch {

// User and system time of this process so far. The kernel fills a dump within our recvmsg(), so that its work is in it.
inline double CpuMilliseconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto milliseconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
}

// VmHWM: since this program began. (getrusage()'s ru_maxrss knows of the process before it became this program, too.)
inline long PeakResidentKib() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word && word != "VmHWM:") status.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  long kib = 0;
  status >> kib;
  return kib;
}

}  // namespace caliwatch
