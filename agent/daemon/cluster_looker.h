// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include <absl/time/time.h>

#include "agent/config/agent_list.h"
#include "agent/config/config.h"
#include "agent/http/cluster_pages.h"

namespace caliwatch {

// Times from the end of a look.
struct LookPace {
  absl::Duration between = absl::Seconds(15);    // to the next, at the earliest
  absl::Duration to_be_sure = absl::Seconds(7);  // to the one after the first, which nobody needs to ask for
  absl::Duration in_a_row =
      absl::Minutes(1);                       // to the next, at the latest, or what both see may have been gone between
  absl::Duration forget = absl::Minutes(10);  // until nothing is kept of it
  bool unasked = false;                       // looks follow each other though nobody asks
};

// Looks at the cluster when somebody asks, one look at a time, on a thread of its own: no page waits for a look, and
// while nobody asks, no other node is, but with `unasked`.
class ClusterLooker {
 public:
  using Look = std::function<ClusterReport()>;  // the next in a row; called on the looker's thread
  using Begin = std::function<Look()>;          // a row

  explicit ClusterLooker(Begin begin, LookPace pace = {});

  // The last look, null while there is none; and that there should be a new one. Any thread; it waits for nobody.
  ClusterPublicationPtr Ask();

 private:
  using Clock = std::chrono::steady_clock;

  void Run(const std::stop_token& stop);
  bool AwaitTurn(const std::stop_token& stop);
  std::shared_ptr<ClusterPublication> TryLook();
  void Publish(std::shared_ptr<ClusterPublication> look);

  const Begin begin_;
  const LookPace pace_;
  Look look_;  // the thread's, as the next two are; empty: the next begins a row
  int in_row_ = 0;
  Clock::time_point over_ = {};

  std::mutex mutex_;  // guards what follows
  std::condition_variable_any asked_for_;
  bool is_asked_for_;
  uint64_t looks_ = 0;
  Clock::time_point next_ = {};  // not before
  ClusterPublicationPtr latest_;

  std::jthread thread_;  // last: ends before what it uses
};

// Null: the configuration names no agents.
std::unique_ptr<ClusterLooker> ClusterLookerOf(const Config& config);

// One that looks all the time, at these agents alone, and spares them as one of theirs does: half a minute lies between
// two looks, so that they count as in a row.
std::unique_ptr<ClusterLooker> StandingClusterLooker(const AgentList& agents);

}  // namespace caliwatch
