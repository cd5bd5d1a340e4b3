// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/event_listener.h"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <poll.h>
#include <sys/eventfd.h>

#include "agent/daemon/boot_clock.h"
#include "agent/log/log.h"
#include "lib/decode/journal_events.h"
#include "lib/node/unique_fd.h"

namespace caliwatch {
namespace {

// How soon a BIRD that starts is connected to. One that is not there costs a connect() each time.
constexpr absl::Duration kRetry = absl::Milliseconds(250);
// How soon one is asked again that does not let its log be followed.
constexpr absl::Duration kRefused = absl::Minutes(5);
// For so long after its start, BIRD is poked to send at once what it logs.
constexpr absl::Duration kLongestRecovery = absl::Minutes(10);
// How soon the kernel is listened to again, after the first failure and after many.
constexpr absl::Duration kKernelRetry = absl::Milliseconds(500);
constexpr absl::Duration kKernelLongestRetry = absl::Minutes(1);
// Beyond that the agent has not polled for long, and times have lost their meaning.
constexpr size_t kMostRouteEvents = 500'000;
constexpr size_t kMostNeighborEvents = 100'000;
constexpr size_t kMostBirdEvents = 20'000;

}  // namespace

EventListener::EventListener(const std::string& calico_run_dir) {
  birds_[0].path = absl::StrCat(calico_run_dir, "/bird.ctl");
  birds_[1].path = absl::StrCat(calico_run_dir, "/bird6.ctl");
  OpenKernel();
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void EventListener::SetWakeup(std::function<void()> wake) {
  const std::lock_guard lock(wake_mutex_);
  wake_ = std::move(wake);
}

void EventListener::Wake() {
  const std::lock_guard lock(wake_mutex_);
  if (wake_) wake_();
}

Journal EventListener::Take() {
  const std::lock_guard lock(mutex_);
  // What the kernel has announced by now is in it, though the thread may not have had its turn.
  if (kernel_) TakeFromKernel(BootNow()).IgnoreError();  // an error that lasts, the thread finds, too
  journal_.routes_complete = std::exchange(routes_unbroken_, kernel_.has_value());
  for (const Family family : kFamilies) {
    BirdSubscription& bird = birds_[static_cast<size_t>(family)];
    journal_.birds[family].complete = std::exchange(bird.unbroken, bird.stream && bird.stream->is_listening());
  }
  return std::exchange(journal_, {});
}

void EventListener::FollowRecovery(Family family, bool recovers) {
  const std::lock_guard lock(mutex_);
  birds_[static_cast<size_t>(family)].recovers = recovers;
}

void EventListener::Run(const std::stop_token& stop) {
  const UniqueFd stopped(eventfd(0, EFD_CLOEXEC));
  const std::stop_callback wake_up(stop, [&] { eventfd_write(stopped.get(), 1); });
  while (!stop.stop_requested()) {
    try {
      TakeTurn(stopped.get());
    } catch (const std::exception& error) {
      LogException("events are lost", error);
      Forget();
      pollfd end{stopped.get(), POLLIN, 0};
      poll(&end, 1, static_cast<int>(kRetry / absl::Milliseconds(1)));
    }
  }
}

// Until something comes, or something is to be done, and then that. `stopped` can be read from when nothing is any
// more.
void EventListener::TakeTurn(int stopped) {
  OpenKernel();
  for (const Family family : kFamilies) ConnectBird(family);
  std::array<pollfd, 4> wanted = {{{stopped, POLLIN, 0}, {kernel_ ? kernel_->fd() : -1, POLLIN, 0}}};
  for (size_t i = 0; i < birds_.size(); ++i)
    wanted[2 + i] = {birds_[i].stream ? birds_[i].stream->fd() : -1, POLLIN, 0};
  if (poll(wanted.data(), wanted.size(), static_cast<int>(NextTurn() / absl::Milliseconds(1))) <= 0) return;
  if (wanted[1].revents != 0) ReceiveFromKernel();
  for (const Family family : kFamilies)
    if (wanted[2 + static_cast<size_t>(family)].revents != 0) ReceiveFromBird(family);
}

// For want of memory, as a rule, which the journal may be what takes it.
void EventListener::Forget() {
  const std::lock_guard lock(mutex_);
  journal_ = {};
  routes_unbroken_ = false;
  for (BirdSubscription& bird : birds_) bird.unbroken = false;
}

void EventListener::OpenKernel() {
  const BootTime now = BootNow();
  if (kernel_ || (kernel_lost_ && now < kernel_next_try_)) return;
  absl::StatusOr<KernelEvents> kernel = KernelEvents::Open();
  if (!kernel.ok()) return LoseKernel(kernel.status());
  kernel_opened_ = now;
  if (std::exchange(kernel_lost_, false)) Log({LogLevel::kInfo, "hears of route changes again"});
  const std::lock_guard lock(mutex_);
  kernel_ = *std::move(kernel);
}

// Tried again soon at first, and then with ever more patience, unless it has worked for long meanwhile.
void EventListener::LoseKernel(const absl::Status& why) {
  const BootTime now = BootNow();
  if (!kernel_lost_ && now - kernel_opened_ > kKernelLongestRetry) kernel_retry_ = absl::ZeroDuration();
  kernel_retry_ = std::clamp(2 * kernel_retry_, kKernelRetry, kKernelLongestRetry);
  kernel_next_try_ = now + kernel_retry_;
  if (std::exchange(kernel_lost_, true)) return;
  Log({LogLevel::kWarn,
       "cannot hear of route changes for now; times of convergence are those of polls",
       {{"error", std::string(why.message())}}});
}

// Under the lock.
absl::Status EventListener::TakeFromKernel(BootTime now) {
  absl::Status received = kernel_->Receive([&](const nlmsghdr& message) {
    // One that cannot be understood is one that was lost.
    if (!AppendKernelEvent(message, now, journal_).ok()) routes_unbroken_ = false;
  });
  if (!received.ok() || journal_.routes.size() > kMostRouteEvents) {
    routes_unbroken_ = false;
    journal_.routes.clear();
  }
  if (journal_.neighbors.size() > kMostNeighborEvents) journal_.neighbors.clear();
  // Their moments matter, not how many there are.
  constexpr size_t kMostInterfaceChanges = 100;
  if (journal_.interface_changes.size() > kMostInterfaceChanges)
    journal_.interface_changes.resize(kMostInterfaceChanges);
  return received;
}

void EventListener::ReceiveFromKernel() {
  const BootTime now = BootNow();
  bool worth_a_poll = false;
  absl::Status received;
  {
    const std::lock_guard lock(mutex_);
    const size_t changes = journal_.interface_changes.size();
    received = TakeFromKernel(now);
    worth_a_poll = !received.ok() || journal_.interface_changes.size() != changes;
    if (!received.ok() && !absl::IsResourceExhausted(received)) kernel_.reset();
  }
  if (!kernel_) LoseKernel(received);
  if (worth_a_poll) Wake();
}

void EventListener::ConnectBird(Family family) {
  BirdSubscription& bird = birds_[static_cast<size_t>(family)];
  if (bird.stream || BootNow() < bird.next_try) return;
  absl::StatusOr<BirdStream> stream = BirdStream::Connect(bird.path);
  if (!stream.ok()) return;  // the poll says why
  const absl::Time created = stream->Facts().created;
  const bool is_new = bird.created && *bird.created != created;
  {
    const std::lock_guard lock(mutex_);
    bird.stream = *std::move(stream);
    if (is_new) bird.refused = false;
    const BootTime started = BootNow() - (absl::Now() - created);
    bird.poke_until = started + kLongestRecovery;
    bird.recovers = true;
    if (is_new) {
      std::vector<BirdEvent>& events = journal_.birds[family].events;
      // We may learn of an end after the next one's start.
      if (bird.ended) events.push_back({.at = std::min(*bird.ended, started), .kind = BirdEventKind::kDied});
      events.push_back({.at = started, .kind = BirdEventKind::kStarted});
    }
    bird.created = created;
    bird.ended.reset();
  }
  if (is_new) Wake();
}

void EventListener::ReceiveFromBird(Family family) {
  BirdSubscription& bird = birds_[static_cast<size_t>(family)];
  const BootTime now = BootNow();
  absl::Status received;
  {
    const std::lock_guard lock(mutex_);
    BirdJournal& journal = journal_.birds[family];
    journal.complete = true;
    received = bird.stream->Receive([&](absl::string_view line) { AppendBirdEvent(line, now, journal); });
    const auto recovered = [](const BirdEvent& event) { return event.kind == BirdEventKind::kRecoveryEnded; };
    if (std::any_of(journal.events.begin(), journal.events.end(), recovered)) bird.poke_until = absl::ZeroDuration();
    if (!journal.complete || journal.events.size() > kMostBirdEvents) bird.unbroken = false;
    if (journal.events.size() > kMostBirdEvents) journal.events.clear();
    if (!received.ok()) {
      bird.unbroken = false;
      bird.stream.reset();
      bird.next_try = now + (absl::IsFailedPrecondition(received) ? kRefused : kRetry);
      if (!absl::IsFailedPrecondition(received)) bird.ended = now;
    }
  }
  if (absl::IsFailedPrecondition(received)) return TellRefusal(family, received);  // it runs all the same
  if (!received.ok()) Wake();
}

void EventListener::TellRefusal(Family family, const absl::Status& why) {
  if (std::exchange(birds_[static_cast<size_t>(family)].refused, true)) return;
  Log({LogLevel::kWarn,
       "cannot hear what BIRD logs; it is polled as before, and times are those of polls",
       {{"source", std::string(BirdSource(family))}, {"error", std::string(why.message())}}});
}

// Pokes those that recover. When there is something to do next, though nobody calls: a BIRD to connect to, or to poke
// again.
absl::Duration EventListener::NextTurn() {
  bool again = !kernel_;
  const BootTime now = BootNow();
  const std::lock_guard lock(mutex_);
  for (BirdSubscription& bird : birds_) {
    again |= bird.stream ? now < bird.poke_until : !bird.refused;
    if (!bird.stream || !bird.recovers || now >= bird.poke_until || now < bird.next_try) continue;
    bird.stream->Poke().IgnoreError();  // one that does not read shows by its end
    bird.next_try = now + kRetry;
  }
  return again ? kRetry : kRefused;
}

}  // namespace caliwatch
