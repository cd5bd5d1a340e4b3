// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/ipam_looker.h"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include <absl/time/clock.h>
#include <malloc.h>

#include "agent/build/version.h"
#include "agent/daemon/process_stats.h"
#include "agent/log/log.h"

namespace caliwatch {

IpamLooker::IpamLooker(std::unique_ptr<LiveSources> sources, absl::Duration interval, OnLook on_look)
    : sources_(std::move(sources)), interval_(interval), on_look_(std::move(on_look)) {
  stats_.version = std::string(Version());
  stats_.revision = std::string(Revision());
  stats_.compiler = std::string(Compiler());
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

IpamPublicationPtr IpamLooker::Latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

bool IpamLooker::IsHealthy() const {
  const std::lock_guard lock(mutex_);
  return Clock::now() - last_progress_ < absl::ToChronoNanoseconds(interval_ + kPatience);
}

void IpamLooker::Run(const std::stop_token& stop) {
  constexpr auto kBreath = std::chrono::seconds(1);  // also where looks take longer than the interval
  while (!stop.stop_requested()) {
    const Clock::time_point started = Clock::now();
    if (IpamPublicationPtr look = TryLook()) {
      const std::lock_guard lock(mutex_);
      latest_ = std::move(look);
      last_progress_ = Clock::now();
    }
    malloc_trim(0);  // what listings and a look needed for a while is several times what stays
    WaitUntil(std::max(started + absl::ToChronoNanoseconds(interval_), Clock::now() + kBreath), stop);
  }
}

// What changes meanwhile is taken in, but for what an exception keeps it from.
void IpamLooker::WaitUntil(Clock::time_point next, const std::stop_token& stop) {
  while (!stop.stop_requested() && Clock::now() < next) {
    const absl::Duration left = absl::FromChrono(next - Clock::now());
    try {
      sources_->Wait(std::clamp(left, absl::Milliseconds(1), absl::Milliseconds(500)));
    } catch (const std::exception& error) {
      LogException("taking in what changed", error);
      absl::SleepFor(std::min(left, absl::Seconds(1)));
    }
  }
}

IpamPublicationPtr IpamLooker::TryLook() {
  try {
    return Look();
  } catch (const std::exception& error) {
    LogException("a look at the cluster", error);
    return nullptr;
  }
}

IpamPublicationPtr IpamLooker::Look() {
  const Clock::time_point started = Clock::now();
  sources_->Look(kLookWithin);
  IpamState state = state_;  // an exception half way leaves what is remembered as it was
  auto look = std::make_shared<IpamPublication>();
  look->report = JudgeIpam(sources_->records(), absl::Now(), state);
  look->problems = sources_->problems();
  look->looks = looks_ + 1;
  look->over = Clock::now();
  look->took = absl::FromChrono(look->over - started);
  UpdateProcessStats("/proc", stats_);
  look->process = stats_;
  on_look_(*look);
  state_ = std::move(state);
  ++looks_;
  return look;
}

}  // namespace caliwatch
