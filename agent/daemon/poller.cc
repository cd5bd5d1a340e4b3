// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/poller.h"

#include <exception>
#include <string>
#include <utility>

#include <absl/time/clock.h>

#include "agent/build/version.h"
#include "agent/daemon/boot_clock.h"
#include "agent/daemon/process_stats.h"
#include "agent/log/log.h"
#include "lib/read/read_snapshot.h"

namespace caliwatch {

Poller::Poller(RawNode& node, PollOptions options, OnReport on_report, PollerParts parts)
    : node_(node),
      on_report_(std::move(on_report)),
      parts_(std::move(parts)),
      observer_(std::make_unique<Observer>(Limits{}, std::exchange(parts_.state, {}))),
      options_(std::move(options)) {
  stats_.version = std::string(Version());
  stats_.revision = std::string(Revision());
  stats_.compiler = std::string(Compiler());
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void Poller::Wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  configured_.notify_all();
}

void Poller::Configure(PollOptions options) {
  const std::lock_guard lock(mutex_);
  options_ = std::move(options);
  configured_.notify_all();
}

void Poller::ReportRefusedConfig() {
  const std::lock_guard lock(mutex_);
  options_.config_reload.successful = false;
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
  if (!failed_) last_progress_ = Clock::now();
  return options_;
}

void Poller::Run(const std::stop_token& stop) {
  PublicationPtr before;
  Clock::time_point regular = Clock::now(), last = regular;
  for (bool early = false; !stop.stop_requested();) {
    if (PublicationPtr polled = TryPoll(before, early)) {
      before = std::move(polled);
      const std::lock_guard lock(mutex_);
      latest_ = before;
      last_progress_ = Clock::now();
    }
    if (parts_.end) parts_.end();
    const std::optional<Clock::time_point> next = WaitForNext(stop, regular, last);
    early = !next;
    last = Clock::now();
    if (next) regular = *next;
  }
}

// Null: it failed, and what the last one made stays.
PublicationPtr Poller::TryPoll(const PublicationPtr& before, bool early) {
  try {
    PublicationPtr polled = Poll(before ? &before->report : nullptr, early);
    failed_ = false;
    return polled;
  } catch (const std::exception& error) {
    failed_ = true;
    ++stats_.polls_failed;
    LogException("a poll failed", error);
    return nullptr;
  }
}

// The wall clock of the beginning, carried on by the monotonic one: a clock that is set meanwhile falsifies no
// duration.
SnapshotPtr Poller::Read(bool early, const Journal& journal) {
  const absl::Time wall = absl::Now();
  const Clock::time_point started = Clock::now();
  const auto now = [&] { return wall + absl::FromChrono(Clock::now() - started); };
  SnapshotPtr seen = ReadSnapshot(node_, now,
                                  {.before = observer_->last(),
                                   .unmoved = Unmoved(journal, started),
                                   .boot_time = BootNow(),
                                   .taken_early = early,
                                   .bgp_ports = observer_->bgp_ports(),
                                   .ask_bird_routes = observer_->ask_bird_routes()});
  if (seen_ == nullptr || !HaveSameRoutes(*seen_, *seen)) routes_dumped_ = started;
  return seen_ = std::move(seen);
}

// Null: routes may have changed, or they have not been dumped for so long that it is done all the same.
const Snapshot* Poller::Unmoved(const Journal& journal, Clock::time_point now) const {
  constexpr auto kLongestWithoutDump = std::chrono::minutes(1);
  const bool unmoved = journal.routes_complete && !journal.routes_moved && now - routes_dumped_ < kLongestWithoutDump;
  return unmoved ? seen_.get() : nullptr;
}

void Poller::Remember() {
  if (!parts_.remember) return;
  const absl::Status remembered = parts_.remember(observer_->kept());
  if (!remembered.ok()) ++stats_.state_file_errors;
  if (!remembered.ok() && remembered_.ok())
    Log({LogLevel::kWarn, "cannot write the state file", {{"error", std::string(remembered.message())}}});
  remembered_ = remembered;
}

// What a poll took that failed is gone.
Journal Poller::TakeJournal() {
  Journal journal = parts_.take_journal ? parts_.take_journal() : Journal();
  if (!failed_) return journal;
  journal.routes_complete = false;
  for (const Family family : kFamilies) journal.birds[family].complete = false;
  return journal;
}

Report Poller::Observe(const SnapshotPtr& seen, const Journal& journal) {
  // An exception half way may leave it so that it cannot even be destroyed: then it stays where it is.
  Observer* observer = observer_.release();
  Report report = observer->Observe(seen, journal);
  observer_.reset(observer);
  return report;
}

PublicationPtr Poller::Poll(const Report* before, bool early) {
  const PollOptions options = OptionsNow();
  if (observer_ == nullptr)
    observer_ = std::make_unique<Observer>(Limits{}, parts_.recall ? parts_.recall() : PersistentState());
  observer_->WatchRoutes(options.watched_routes);
  const Clock::time_point started = Clock::now();
  if (parts_.begin) parts_.begin();
  // Before the dumps: what they show and the journal does not report yet, the next journal will.
  const Journal journal = TakeJournal();
  auto publication = std::make_shared<Publication>();
  const SnapshotPtr seen = Read(early, journal);
  publication->report = Observe(seen, journal);
  publication->workloads = workloads_.Follow(*seen);
  publication->basics = BasicsOf(*seen, publication->report.remote_nodes);
  stats_.route_events_lost += before != nullptr && parts_.take_journal && !journal.routes_complete;
  CountPoll(absl::ToDoubleSeconds(absl::FromChrono(Clock::now() - started)), stats_);
  UpdateProcessStats("/proc", stats_);
  Remember();
  stats_.config_reload = options.config_reload;
  publication->process = stats_;
  publication->peer_detail = options.peer_detail;
  on_report_(before, publication->report);
  return publication;
}

Poller::Clock::time_point Poller::NextStart(Clock::time_point started, Clock::time_point now, absl::Duration interval) {
  const auto step = absl::ToChronoNanoseconds(interval);
  return started + step * (1 + (now - started) / step);
}

std::optional<Poller::Clock::time_point> Poller::WaitForNext(const std::stop_token& stop, Clock::time_point regular,
                                                             Clock::time_point last) {
  constexpr auto kBreath = std::chrono::seconds(1);
  std::unique_lock lock(mutex_);
  for (;;) {
    const absl::Duration interval = options_.interval;
    const bool woken = woken_;
    const Clock::time_point next = NextStart(regular, Clock::now(), interval);
    const Clock::time_point start = woken ? std::min(next, std::max(last + kBreath, Clock::now())) : next;
    const bool changed =
        configured_.wait_until(lock, stop, start, [&] { return options_.interval != interval || woken_ != woken; });
    if (changed && !stop.stop_requested()) continue;
    woken_ = false;
    return start == next ? std::optional(next) : std::nullopt;
  }
}

}  // namespace caliwatch
