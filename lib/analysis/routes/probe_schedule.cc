// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/probe_schedule.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <absl/hash/hash.h>

namespace caliwatch {

bool IsInDoubt(const NodeProbe& round) {
  if (!IsReached(round.node.result)) return false;
  if (round.node.result == ProbeResult::kSmallOnly) return true;
  if (!round.overlay) return false;
  const bool is_other = !round.overlay->answered_as.empty() && !round.node.answered_as.empty() &&
                        round.overlay->answered_as != round.node.answered_as;
  return is_other || IsLost(round.overlay->result) || round.overlay->result == ProbeResult::kSmallOnly;
}

void ProbeSchedule::Replace(const std::vector<ProbeTarget>& targets) {
  std::map<IpAddress, Entry> after;
  for (const ProbeTarget& target : targets) {
    const auto known = entries_.find(target.address);
    Entry& entry = after[target.address];
    if (known != entries_.end()) entry = known->second;
    entry.order = absl::HashOf(seed_, target.address);
    entry.target = target;
  }
  entries_ = std::move(after);
}

bool ProbeSchedule::IsWanted(const Entry& entry, absl::Duration now) const {
  return entry.due <= now && (entry.target.is_ours || entry.in_doubt || entry.told_until > now);
}

// Who has waited longest.
ProbeSchedule::Entry* ProbeSchedule::FirstDue(bool in_doubt, absl::Duration now) {
  Entry* first = nullptr;
  for (auto& [address, entry] : entries_) {
    if (!IsWanted(entry, now) || (entry.in_doubt || entry.told_until > now) != in_doubt) continue;
    if (first == nullptr || std::tie(entry.due, entry.order) < std::tie(first->due, first->order)) first = &entry;
  }
  return first;
}

std::optional<ProbeTarget> ProbeSchedule::Next(absl::Duration now) {
  if (now < next_turn_) return std::nullopt;
  Entry* doubtful = FirstDue(true, now);
  Entry* other = FirstDue(false, now);
  Entry* next = doubtful != nullptr && (other == nullptr || !last_was_in_doubt_) ? doubtful : other;
  if (next == nullptr) return std::nullopt;
  last_was_in_doubt_ = next == doubtful;
  next_turn_ = now + absl::Minutes(1) / pace_.a_minute;
  next->due = now + pace_.again;  // should nobody say that it is done
  return next->target;
}

void ProbeSchedule::Done(const NodeProbe& round, absl::Duration now) {
  const auto found = entries_.find(round.target.address);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  entry.in_doubt = IsInDoubt(round);
  entry.unanswered = IsReached(round.node.result) ? 0 : entry.unanswered + 1;
  absl::Duration wait = entry.in_doubt ? pace_.in_doubt : pace_.again;
  for (int i = 1; i < entry.unanswered && wait < pace_.at_most; ++i) wait *= 2;
  entry.due = now + std::min(wait, pace_.at_most);
}

void ProbeSchedule::Doubt(const IpAddress& node, absl::Duration now) {
  const auto found = entries_.find(node);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  if (entry.told_until <= now) entry.due = std::min(entry.due, now);
  entry.told_until = now + pace_.told;
}

}  // namespace caliwatch
