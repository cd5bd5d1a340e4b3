// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include <absl/time/time.h>

#include "agent/http/publication.h"
#include "lib/analysis/observe.h"
#include "lib/analysis/workloads/node_workloads.h"
#include "lib/metrics/exposition.h"
#include "lib/node/raw_node.h"

namespace caliwatch {

struct PollOptions {
  absl::Duration interval =
      absl::Seconds(5);  // from start to start; a poll that takes longer skips the starts it missed
  PeerDetail peer_detail = PeerDetail::kAuto;
  ConfigReload config_reload = {};  // how these options came here
  std::vector<Prefix> watched_routes = {};
};

// What a poller works with besides the node. Each may be left out.
struct PollerParts {
  PersistentState state = {};                                         // that a process before left
  std::function<PersistentState()> recall = {};                       // the same, should what is known be lost
  std::function<void()> begin = {};                                   // called as each poll begins
  std::function<Journal()> take_journal = {};                         // what happened since the poll before
  std::function<absl::Status(const PersistentState&)> remember = {};  // called after each poll
  std::function<void()> end = {};  // called when a poll is over, and what the one before made is gone
};

// Polls a node again and again, on a thread of its own, and keeps what the last poll made of it. A poll that fails, as
// a rule for want of memory, is counted and logged, and the next one goes on.
class Poller {
 public:
  using Clock = std::chrono::steady_clock;

  // Told of each poll on the poller's thread; `before` is null at the first.
  using OnReport = std::function<void(const Report* before, const Report& now)>;

  // Begins at once. `node` must outlive the poller; only the poller's thread asks it, and calls `parts`.
  Poller(RawNode& node, PollOptions options, OnReport on_report, PollerParts parts = {});
  // Waits for the poll under way, as long as the node takes to answer or to fail.
  ~Poller() = default;

  void Configure(PollOptions options);
  // A configuration was refused: the options stay, and the metrics say so.
  void ReportRefusedConfig();
  // Asks for a poll at once, between two regular ones, and no sooner than a second after the last. Any thread.
  void Wake();

  // These never wait for a poll. Latest() is null before the first is over.
  PublicationPtr Latest() const;
  // A poll began or ended within the last 3 intervals and 30 seconds. Those that fail, and begin after one that failed,
  // do not count.
  bool IsHealthy() const;

  // The first start after `now`, of those that lie `interval` apart from `started`.
  static Clock::time_point NextStart(Clock::time_point started, Clock::time_point now, absl::Duration interval);

 private:
  void Run(const std::stop_token& stop);
  PublicationPtr TryPoll(const PublicationPtr& before, bool early);
  PublicationPtr Poll(const Report* before, bool early);
  SnapshotPtr Read(bool early, const Journal& journal);
  const Snapshot* Unmoved(const Journal& journal, Clock::time_point now) const;
  Journal TakeJournal();
  Report Observe(const SnapshotPtr& seen, const Journal& journal);
  void Remember();
  PollOptions OptionsNow();
  // The regular start that is due, or none when somebody woke us before it. `regular` was the last one, `last` the last
  // of any kind.
  std::optional<Clock::time_point> WaitForNext(const std::stop_token& stop, Clock::time_point regular,
                                               Clock::time_point last);

  RawNode& node_;
  const OnReport on_report_;
  PollerParts parts_;
  std::unique_ptr<Observer> observer_;  // these seven are the poller thread's own
  SnapshotPtr seen_;                    // what was read last; null before the first time
  Clock::time_point routes_dumped_;
  NodeWorkloadsHistory workloads_;
  ProcessStats stats_;
  absl::Status remembered_;
  bool failed_ = false;  // the last poll

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable_any configured_;
  PollOptions options_;
  PublicationPtr latest_;
  Clock::time_point last_progress_ = Clock::now();
  bool woken_ = false;

  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace caliwatch
