// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/node_prober.h"

#include <chrono>
#include <exception>
#include <random>
#include <utility>

#include "agent/daemon/boot_clock.h"
#include "agent/log/log.h"

namespace caliwatch {
namespace {

constexpr auto kLook = std::chrono::milliseconds(500);  // how late a turn may be
// Between two polls, as they may be an hour apart.
constexpr size_t kMostRounds = 4096, kMostAskers = 4096;

}  // namespace

NodeProber::NodeProber(Round round, ProbePace pace)
    : round_(std::move(round)), schedule_(std::random_device()(), pace) {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void NodeProber::SetTargets(const std::vector<ProbeTarget>& targets) {
  const std::lock_guard lock(mutex_);
  schedule_.Replace(targets);
}

void NodeProber::HeardFrom(const IpAddress& asker, bool in_doubt) {
  const std::lock_guard lock(mutex_);
  if (askers_.size() < kMostAskers) askers_.insert(asker);
  if (in_doubt) schedule_.Doubt(asker, BootNow());
}

ProbeJournal NodeProber::Take() {
  const std::lock_guard lock(mutex_);
  ProbeJournal journal{.rounds = std::exchange(rounds_, {}), .askers = {askers_.begin(), askers_.end()}};
  askers_.clear();
  return journal;
}

void NodeProber::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (const std::optional<ProbeTarget> target = schedule_.Next(BootNow()))
      AskOne(*target, lock);
    else
      stopped_.wait_for(lock, stop, kLook, [] { return false; });
  }
}

void NodeProber::AskOne(const ProbeTarget& target, std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  std::optional<NodeProbe> round;
  try {
    round = round_(target);
  } catch (const std::exception& error) {
    LogException("cannot ask another node", error);
  }
  lock.lock();
  if (!round) return;
  schedule_.Done(*round, BootNow());
  if (rounds_.size() < kMostRounds) rounds_.push_back(*std::move(round));
}

}  // namespace caliwatch
