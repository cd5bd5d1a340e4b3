// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/node_reach.h"

#include <algorithm>
#include <set>
#include <utility>

namespace caliwatch {
namespace {

constexpr uint32_t kRoundsToTell = 2;
constexpr uint64_t kPacketsOfQuestion = 2;  // its first, and the same again a second later, or what answers them
constexpr absl::Duration kHeardOfLate = absl::Minutes(2);
constexpr int kRoundsToGiveUp = 3;                     // until a node counts as one that cannot be asked
constexpr absl::Duration kOfLate = absl::Minutes(10);  // the rounds that others are counted by

size_t At(ProbePath path) { return static_cast<size_t>(path); }

void Count(const ProbeOutcome& outcome, ProbeCounts& counts) {
  ++counts.results.at(static_cast<size_t>(outcome.result));
  if (!IsReached(outcome.result)) return;
  const double seconds = absl::ToDoubleSeconds(outcome.took);
  counts.seconds += seconds;
  ++counts.times.at(
      static_cast<size_t>(std::lower_bound(kProbeBounds.begin(), kProbeBounds.end(), seconds) - kProbeBounds.begin()));
}

std::map<std::string, uint64_t> ReceivedBy(const std::vector<LinkTraffic>& traffic) {
  std::map<std::string, uint64_t> received;
  for (const LinkTraffic& link : traffic)
    if (link.role == LinkRole::kTunnel) received[link.name] = link.total.received_packets;
  return received;
}

std::optional<uint64_t> Find(const std::map<std::string, uint64_t>& received, const std::string& tunnel) {
  const auto found = received.find(tunnel);
  return found != received.end() ? std::optional(found->second) : std::nullopt;
}

// Of one round.
DropsDamaged DropperIn(const TunnelTrial& trial) {
  if (trial.damaged_there >= kPacketsOfQuestion) return DropsDamaged::kThere;
  return trial.damaged_here >= kPacketsOfQuestion ? DropsDamaged::kHere : DropsDamaged::kNone;
}

bool IsOfAnotherNode(const NodeProbe& round) {
  return round.overlay && IsReached(round.overlay->result) && !round.overlay->answered_as.empty() &&
         !round.node.answered_as.empty() && round.overlay->answered_as != round.node.answered_as;
}

}  // namespace

DropsDamaged WhoDropsDamaged(const std::optional<TunnelTrial>& trial, uint32_t trials) {
  return trial && trials >= kRoundsToTell ? DropperIn(*trial) : DropsDamaged::kNone;
}

absl::string_view ToString(ReachState state) {
  constexpr absl::string_view kNames[] = {"reached", "unreached", "no_answer", "no_agent"};
  return kNames[static_cast<size_t>(state)];
}

ReachHistory::ReachHistory(const std::vector<UnreachedNode>& left) : unreached_(left) {
  for (const UnreachedNode& node : left) {
    Row& row = rows_[node.address];
    row.last.target = {.address = node.address, .tunnel_address = node.tunnel_address, .tunnel = node.tunnel};
    row.last.node.answered_as = node.name;
    // It was told of before: that it may be a firewall had been ruled out.
    row.answered_by_tunnel = true;
    Failure& failure = row.failures.at(At(node.path));
    failure.fault = node.result == ProbeResult::kSmallOnly ? Fault::kLarge
                    : IsLost(node.result)                  ? Fault::kLost
                                                           : Fault::kOtherNode;
    failure.outcome = {
        .result = node.result, .large_arrived = node.large_arrived, .answered_as = node.instead, .trial = node.trial};
    failure.rounds = node.rounds;
    failure.trials = node.trials;
    failure.since = node.since;
    failure.judged = node.judged;
  }
}

// Absent: this round says nothing of it.
std::optional<ReachHistory::Fault> ReachHistory::FaultOf(ProbePath path, const NodeProbe& round) {
  if (!IsReached(round.node.result)) return std::nullopt;
  const auto of_size = [](const ProbeOutcome& outcome) {
    return outcome.result == ProbeResult::kSmallOnly ? Fault::kLarge : Fault::kNone;
  };
  if (path == ProbePath::kNode) return of_size(round.node);
  if (!round.overlay) return Fault::kNone;  // no tunnel leads there any more
  if (round.overlay->result == ProbeResult::kInvalid) return std::nullopt;
  if (IsLost(round.overlay->result)) return Fault::kLost;
  return IsOfAnotherNode(round) ? Fault::kOtherNode : of_size(*round.overlay);
}

// Rounds that say another thing than those before begin anew.
void ReachHistory::TakeTrial(const std::optional<TunnelTrial>& before, Failure& failure) {
  std::optional<TunnelTrial>& trial = failure.outcome.trial;
  const bool goes_on = trial && before && DropperIn(*trial) == DropperIn(*before);
  failure.trials = !trial ? 0 : goes_on ? failure.trials + 1 : 1;
  if (!goes_on) return;
  trial->damaged_there = std::min(trial->damaged_there, before->damaged_there);
  trial->damaged_here = std::min(trial->damaged_here, before->damaged_here);
  trial->received_there = trial->received_there && before->received_there
                              ? std::optional(std::max(*trial->received_there, *before->received_there))
                              : std::nullopt;
}

void ReachHistory::Judge(const std::optional<Fault>& fault, const ProbeOutcome& outcome,
                         std::optional<uint64_t> received, BootTime now, Failure& failure) {
  if (!fault) return;
  if (*fault != failure.fault || now - failure.judged > kForgotten)
    failure = {.fault = *fault, .outcome = {}, .since = now, .received = received};
  const std::optional<TunnelTrial> before = std::exchange(failure.outcome, outcome).trial;
  TakeTrial(before, failure);
  failure.judged = now;
  failure.rounds = *fault == Fault::kNone ? 0 : failure.rounds + 1;
}

void ReachHistory::Take(const NodeProbe& round, const Received& received, BootTime now) {
  Row& row = rows_[round.target.address];
  if (row.last.target.tunnel_address != round.target.tunnel_address) row.failures.at(At(ProbePath::kOverlay)) = {};
  Count(round.node, counts_.at(At(ProbePath::kNode)));
  if (round.overlay) Count(*round.overlay, counts_.at(At(ProbePath::kOverlay)));
  Judge(FaultOf(ProbePath::kNode, round), round.node, {}, now, row.failures.at(At(ProbePath::kNode)));
  Judge(FaultOf(ProbePath::kOverlay, round), round.overlay.value_or(ProbeOutcome()),
        Find(received, round.target.tunnel), now, row.failures.at(At(ProbePath::kOverlay)));
  if (round.overlay && IsReached(round.overlay->result) && !IsOfAnotherNode(round))
    row.answered_by_tunnel = any_answered_by_tunnel_ = true;
  row.unanswered = IsReached(round.node.result) ? 0 : row.unanswered + 1;
  Remember(round, row);
  row.asked = now;
  if (row.unanswered != kRoundsToGiveUp || has_told_of_unjudged_) return;
  has_told_of_unjudged_ = true;
  first_unjudged_ = round.target.address;
}

// One that does not answer now is still who it said it was.
void ReachHistory::Remember(const NodeProbe& round, Row& row) {
  NodeProbe before = std::exchange(row.last, round);
  if (IsReached(round.node.result)) return;
  row.last.node.answered_as = std::move(before.node.answered_as);
  row.last.tunnel_addresses = std::move(before.tunnel_addresses);
  row.last.asks_others = before.asks_others;
}

void ReachHistory::Follow(const ProbeJournal& journal, const std::vector<LinkTraffic>& traffic, BootTime now) {
  const Received received = ReceivedBy(traffic);
  first_unjudged_.reset();
  for (const NodeProbe& round : journal.rounds) Take(round, received, now);
  const std::set<IpAddress> askers(journal.askers.begin(), journal.askers.end());
  unreached_.clear();
  for (auto& [address, row] : rows_) {
    if (row.last.target.tunnel_address && askers.contains(*row.last.target.tunnel_address)) row.asked_us = now;
    for (const ProbePath path : kProbePaths)
      if (std::optional<UnreachedNode> node = UnreachedBy(path, row, received, now))
        unreached_.push_back(*std::move(node));
  }
}

// Nobody can tell a tunnel that loses everything from a firewall that drops what comes to the agent's port through it.
bool ReachHistory::MayBeFirewall(const Row& row, const Received& received, BootTime now) const {
  const Failure& failure = row.failures.at(At(ProbePath::kOverlay));
  // A whole connection, through the tunnel: one that is told of a doubt asks at once, and then every half a minute.
  if (row.asked_us && *row.asked_us >= failure.since && now - *row.asked_us <= kHeardOfLate) return true;
  if (row.answered_by_tunnel) return false;
  if (WhoDropsDamaged(failure.outcome.trial, failure.trials) != DropsDamaged::kNone) return false;
  // One that asks others itself would have asked us, having been told of the doubt.
  if (any_answered_by_tunnel_ && row.last.asks_others) return false;
  return !failure.received || Find(received, row.last.target.tunnel) != failure.received;
}

std::optional<UnreachedNode> ReachHistory::UnreachedBy(ProbePath path, const Row& row, const Received& received,
                                                       BootTime now) const {
  const Failure& failure = row.failures.at(At(path));
  if (failure.rounds < kRoundsToTell || now - failure.judged > kForgotten) return std::nullopt;
  if (failure.fault == Fault::kLost && MayBeFirewall(row, received, now)) return std::nullopt;
  const ProbeTarget& target = row.last.target;
  const std::vector<IpAddress>& own = row.last.tunnel_addresses;
  UnreachedNode node{.address = target.address,
                     .tunnel_address = target.tunnel_address,
                     .tunnel = target.tunnel,
                     .path = path,
                     .result = failure.outcome.result,
                     .large_arrived = failure.outcome.large_arrived,
                     .trial = failure.outcome.trial,
                     .trials = failure.trials,
                     .name = row.last.node.answered_as};
  if (failure.fault == Fault::kOtherNode) {
    node.instead = failure.outcome.answered_as;
    node.result = ProbeResult::kAnswered;
  }
  node.disowns =
      target.tunnel_address && !own.empty() && std::find(own.begin(), own.end(), *target.tunnel_address) == own.end();
  node.rounds = failure.rounds;
  node.since = failure.since;
  node.judged = failure.judged;
  if (path == ProbePath::kOverlay) CountOthers(node, now);
  return node;
}

void ReachHistory::CountOthers(UnreachedNode& node, BootTime now) const {
  for (const auto& [address, row] : rows_) {
    if (address == node.address || row.last.target.tunnel != node.tunnel || now - row.asked > kOfLate) continue;
    if (!row.last.overlay || !IsReached(row.last.node.result)) continue;
    ++node.others_asked;
    if (IsReached(row.last.overlay->result) && !IsOfAnotherNode(row.last)) ++node.others_reached;
  }
}

TunnelClaims ReachHistory::Claims() const {
  TunnelClaims claims;
  for (const auto& [address, row] : rows_)
    if (!row.last.tunnel_addresses.empty()) claims[address] = row.last.tunnel_addresses;
  return claims;
}

void ReachHistory::ForgetOthersThan(const std::vector<ProbeTarget>& targets) {
  std::set<IpAddress> wanted;
  for (const ProbeTarget& target : targets) wanted.insert(target.address);
  std::erase_if(rows_, [&](const auto& entry) { return !wanted.contains(entry.first); });
}

ReachReport ReachHistory::Finish(std::optional<std::vector<ProbeTarget>> targets) {
  if (targets) {
    targets_ = *std::move(targets);
    ForgetOthersThan(targets_);
  }
  ReachReport report{
      .counts = counts_, .unreached = unreached_, .targets = targets_, .first_unjudged = first_unjudged_};
  std::set<IpAddress> failing;
  for (const UnreachedNode& node : unreached_) failing.insert(node.address);
  for (const auto& [address, row] : rows_) {
    const ProbeResult result = row.last.node.result;
    const ReachState state = failing.contains(address) ? ReachState::kUnreached
                             : IsReached(result)       ? ReachState::kReached
                             : IsLost(result)          ? ReachState::kNoAnswer
                                                       : ReachState::kNoAgent;
    ++report.nodes.at(static_cast<size_t>(state));
  }
  return report;
}

}  // namespace caliwatch
