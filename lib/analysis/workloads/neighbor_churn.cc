// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/neighbor_churn.h"

#include <algorithm>

namespace caliwatch {
namespace {

// The kernel's own limit for a node that was not tuned for more is a sixteenth of it.
constexpr size_t kMostNeighbors = 16'384;

void Note(std::vector<BootTime>& times, BootTime at) {
  if (times.size() < NeighborChurn::kMostTimes) times.push_back(at);
}

}  // namespace

absl::string_view ToString(NeighborChange change) {
  switch (change) {
    case NeighborChange::kFailed:
      return "failed";
    case NeighborChange::kMacChanged:
      return "mac_changed";
    case NeighborChange::kRemoved:
      break;
  }
  return "removed";
}

std::vector<NeighborChange> NeighborChurn::Take(const NeighborEvent& event, Past& past) {
  std::vector<NeighborChange> changes;
  if (event.state == NUD_FAILED && past.state != NUD_FAILED) {
    changes.push_back(NeighborChange::kFailed);
    Note(past.failures, event.at);
  }
  if (event.mac && past.mac && event.mac != past.mac) {
    changes.push_back(NeighborChange::kMacChanged);
    Note(past.mac_changes, event.at);
  }
  if (event.state == 0) changes.push_back(NeighborChange::kRemoved);
  past.state = event.state;
  if (event.mac) past.mac = event.mac;
  past.heard = event.at;
  return changes;
}

void NeighborChurn::Follow(const Journal& journal, BootTime now, const LinkIndex& links, NeighborChangeCounts& counts) {
  for (const NeighborEvent& event : journal.neighbors) {
    const std::pair key{event.address, event.link};
    const bool has_room = neighbors_.size() < kMostNeighbors || neighbors_.count(key) != 0;
    Past unknown;
    const Link* link = links.Find(event.link);
    const LinkRole role = link != nullptr ? link->role : LinkRole::kHost;
    for (const NeighborChange change : Take(event, has_room ? neighbors_[key] : unknown))
      ++counts[{event.address.family, role, change}];
  }
  Forget(now);
}

void NeighborChurn::Forget(BootTime now) {
  const auto is_over = [&](BootTime at) { return now - at > kWindow; };
  for (auto entry = neighbors_.begin(); entry != neighbors_.end();) {
    Past& past = entry->second;
    std::erase_if(past.failures, is_over);
    std::erase_if(past.mac_changes, is_over);
    entry = is_over(past.heard) ? neighbors_.erase(entry) : std::next(entry);
  }
}

std::vector<RestlessNeighbor> NeighborChurn::Restless() const {
  std::vector<RestlessNeighbor> found;
  for (const auto& [key, past] : neighbors_) {
    if (past.failures.empty() && past.mac_changes.empty()) continue;
    BootTime last = past.failures.empty() ? past.mac_changes.back() : past.failures.back();
    if (!past.mac_changes.empty()) last = std::max(last, past.mac_changes.back());
    found.push_back({key.first, key.second, static_cast<int>(past.failures.size()),
                     static_cast<int>(past.mac_changes.size()), last});
  }
  return found;
}

}  // namespace caliwatch
