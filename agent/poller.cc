// SPDX-License-Identifier: Apache-2.0
#include "agent/poller.h"

#include <string>
#include <utility>

#include <absl/time/clock.h>

#include "agent/gzip.h"
#include "agent/process_facts.h"
#include "agent/version.h"
#include "lib/decode/read_snapshot.h"

namespace caliwatch {

Poller::Poller(RawNode& node, PollOptions options, OnReport on_report)
    : node_(node), on_report_(std::move(on_report)), options_(options) {
  facts_.version = std::string(Version());
  facts_.revision = std::string(Revision());
  facts_.compiler = std::string(Compiler());
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void Poller::Configure(PollOptions options) {
  const std::lock_guard lock(mutex_);
  options_ = options;
  configured_.notify_all();
}

PublicationPtr Poller::Latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

bool Poller::IsHealthy() const {
  const std::lock_guard lock(mutex_);
  const absl::Duration patience = 3 * options_.interval + absl::Seconds(30);
  return Clock::now() - last_progress_ < absl::ToChronoNanoseconds(patience);
}

PollOptions Poller::OptionsNow() {
  const std::lock_guard lock(mutex_);
  last_progress_ = Clock::now();
  return options_;
}

void Poller::Run(const std::stop_token& stop) {
  PublicationPtr before;
  for (Clock::time_point started = Clock::now(); !stop.stop_requested(); started = WaitForNext(stop, started)) {
    before = Poll(before ? &before->report : nullptr);
    const std::lock_guard lock(mutex_);
    latest_ = before;
    last_progress_ = Clock::now();
  }
}

PublicationPtr Poller::Poll(const Report* before) {
  const PollOptions options = OptionsNow();
  // The wall clock of the beginning, carried on by the monotonic one: a clock that is set meanwhile falsifies no
  // duration.
  const absl::Time wall = absl::Now();
  const Clock::time_point started = Clock::now();
  const auto elapsed = [started] { return absl::FromChrono(Clock::now() - started); };

  auto publication = std::make_shared<Publication>();
  publication->report = observer_.Observe(ReadSnapshot(
      node_, [&] { return wall + elapsed(); }, before == nullptr ? nullptr : before->snapshot.get()));
  CountPoll(absl::ToDoubleSeconds(elapsed()), facts_);
  UpdateProcessFacts("/proc", facts_);
  publication->report.process = facts_;
  publication->metrics = RenderMetrics(publication->report, options.exposition);
  publication->gzipped_metrics = Gzip(publication->metrics);
  on_report_(before, publication->report);
  return publication;
}

Poller::Clock::time_point Poller::NextStart(Clock::time_point started, Clock::time_point now, absl::Duration interval) {
  const auto step = absl::ToChronoNanoseconds(interval);
  return started + step * (1 + (now - started) / step);
}

Poller::Clock::time_point Poller::WaitForNext(const std::stop_token& stop, Clock::time_point started) {
  std::unique_lock lock(mutex_);
  Clock::time_point next;
  absl::Duration interval;
  do {
    interval = options_.interval;
    next = NextStart(started, Clock::now(), interval);
    configured_.wait_until(lock, stop, next, [&] { return options_.interval != interval; });
  } while (options_.interval != interval && !stop.stop_requested());
  return next;
}

}  // namespace caliwatch
