// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include <absl/time/time.h>

#include "agent/cluster/live_sources.h"
#include "agent/http/ipam_pages.h"
#include "lib/ipam/judge.h"
#include "lib/metrics/exposition.h"

namespace caliwatch {

// Looks at a cluster again and again, on a thread of its own, which owns the sources and all that is remembered from
// look to look. A look that fails, as a rule for want of memory, leaves everything as the last good one found it.
class IpamLooker {
 public:
  // A look takes this at most, and as long again for the agents, beside looking up their names; then what has not come
  // is told as such.
  static constexpr absl::Duration kLookWithin = absl::Minutes(1);
  // Beside the interval: without a look for so long, something hangs.
  static constexpr absl::Duration kPatience = absl::Minutes(5);

  using OnLook = std::function<void(const IpamPublication&)>;

  // `interval`: from the beginning of a look to that of the next, at the earliest. `on_look` is called by the thread.
  IpamLooker(std::unique_ptr<LiveSources> sources, absl::Duration interval, OnLook on_look);

  // Any thread. Null before the first look.
  IpamPublicationPtr Latest() const;
  // Looks follow each other as they should.
  bool IsHealthy() const;

 private:
  using Clock = std::chrono::steady_clock;

  void Run(const std::stop_token& stop);
  void WaitUntil(Clock::time_point next, const std::stop_token& stop);
  IpamPublicationPtr TryLook();
  IpamPublicationPtr Look();

  const std::unique_ptr<LiveSources> sources_;
  const absl::Duration interval_;
  const OnLook on_look_;
  IpamState state_;
  ProcessStats stats_;
  uint64_t looks_ = 0;

  mutable std::mutex mutex_;  // guards what follows
  IpamPublicationPtr latest_;
  Clock::time_point last_progress_ = Clock::now();

  std::jthread thread_;  // the last, so that it ends first
};

}  // namespace caliwatch
