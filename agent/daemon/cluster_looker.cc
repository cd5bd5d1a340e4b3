// SPDX-License-Identifier: Apache-2.0
#include "agent/daemon/cluster_looker.h"

#include <exception>
#include <string>
#include <utility>

#include <absl/time/clock.h>

#include "agent/config/agent_list.h"
#include "agent/config/listen_address.h"
#include "agent/log/log.h"
#include "agent/nodes/cluster_looks.h"

namespace caliwatch {
namespace {

// An agent has little memory, and each of a cluster's may be asked to look at all others at once: by its pace none of
// them is asked more often than some 50 times a second, however many there are.
constexpr ReadingLimits kAgentsLimits{.at_once = 16,
                                      .most_agents = 5'000,
                                      .most_bytes = 1 << 20,
                                      .most_rows = 300'000,
                                      .a_second = 50,
                                      .most_with_others = 300};

ClusterReport LookOr(ClusterLooks& looks) {
  absl::StatusOr<ClusterReport> report = looks.Look();
  if (report.ok()) return *std::move(report);
  return {.at = absl::Now(),
          .findings = {},
          .nodes_findings = {},
          .nodes = {},
          .differences = {},
          .problems = {std::string(report.status().message())}};
}

ClusterLooker::Begin LooksBy(const LookOptions& options) {
  return [options] { return [looks = std::make_shared<ClusterLooks>(options)] { return LookOr(*looks); }; };
}

}  // namespace

ClusterLooker::ClusterLooker(Begin begin, LookPace pace)
    : begin_(std::move(begin)), pace_(pace), is_asked_for_(pace.unasked) {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

ClusterPublicationPtr ClusterLooker::Ask() {
  const std::lock_guard lock(mutex_);
  is_asked_for_ = true;
  asked_for_.notify_one();
  return latest_;
}

void ClusterLooker::Run(const std::stop_token& stop) {
  while (AwaitTurn(stop)) Publish(TryLook());
}

bool ClusterLooker::AwaitTurn(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!asked_for_.wait_for(lock, stop, absl::ToChronoNanoseconds(pace_.forget), [&] { return is_asked_for_; })) {
    if (stop.stop_requested()) return false;
    latest_ = nullptr;
    look_ = nullptr;
  }
  asked_for_.wait_until(lock, stop, next_, [] { return false; });
  is_asked_for_ = false;
  return !stop.stop_requested();
}

// Null where it fails, as a rule for want of memory: then all that was remembered is given up.
std::shared_ptr<ClusterPublication> ClusterLooker::TryLook() {
  try {
    if (!look_ || Clock::now() - over_ > absl::ToChronoNanoseconds(pace_.in_a_row)) {
      look_ = begin_();
      in_row_ = 0;
    }
    auto look = std::make_shared<ClusterPublication>();
    look->report = look_();
    look->over = over_ = Clock::now();
    ++in_row_;
    return look;
  } catch (const std::exception& error) {
    LogException("a look at the cluster", error);
    look_ = nullptr;
    return nullptr;
  }
}

void ClusterLooker::Publish(std::shared_ptr<ClusterPublication> look) {
  const std::lock_guard lock(mutex_);
  next_ = Clock::now() + absl::ToChronoNanoseconds(pace_.between);
  is_asked_for_ = is_asked_for_ || pace_.unasked;
  if (!look) return;
  look->number = ++looks_;
  if (in_row_ == 1 || (in_row_ == 2 && look->report.outcome() == ClusterOutcome::kUnsure)) {
    is_asked_for_ = true;
    next_ = Clock::now() + absl::ToChronoNanoseconds(pace_.to_be_sure);
  }
  latest_ = std::move(look);
}

std::unique_ptr<ClusterLooker> ClusterLookerOf(const Config& config) {
  const auto agents = NamedAgentsFrom(config.cluster_nodes);
  const auto listens = ListenAddress::Parse(config.listen_addresses.front());
  if (!agents.ok() || !listens.ok()) return nullptr;
  LookOptions options{
      .agents = *agents, .own_agent_port = listens->port, .or_own_agent = true, .limits = kAgentsLimits};
  if (listens->host && !listens->host->IsUnspecified()) options.own_agent_host = listens->host->ToString();
  return std::make_unique<ClusterLooker>(LooksBy(options));
}

std::unique_ptr<ClusterLooker> StandingClusterLooker(const AgentList& agents) {
  return std::make_unique<ClusterLooker>(LooksBy({.agents = agents, .limits = kAgentsLimits}),
                                         LookPace{.between = absl::Seconds(30), .unasked = true});
}

}  // namespace caliwatch
