// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <stop_token>
#include <thread>
#include <vector>

#include "lib/analysis/routes/probe_schedule.h"
#include "lib/model/journal.h"

namespace caliwatch {

// Asks other nodes' agents, one after the other, on a thread of its own: no poll and no scrape waits for one that is
// slow. All but the constructor may be called by any thread, and waits for nobody.
class NodeProber {
 public:
  using Round = std::function<NodeProbe(const ProbeTarget&)>;  // called on the prober's thread

  explicit NodeProber(Round round, ProbePace pace = {});
  // Waits for the round under way.
  ~NodeProber() = default;

  void SetTargets(const std::vector<ProbeTarget>& targets);
  // That an agent has asked this one, and whether it doubts the way between both.
  void HeardFrom(const IpAddress& asker, bool in_doubt);
  // What came since it was taken last.
  ProbeJournal Take();

 private:
  void Run(const std::stop_token& stop);
  void AskOne(const ProbeTarget& target, std::unique_lock<std::mutex>& lock);

  const Round round_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable_any stopped_;
  ProbeSchedule schedule_;
  std::vector<NodeProbe> rounds_;
  std::set<IpAddress> askers_;

  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace caliwatch
