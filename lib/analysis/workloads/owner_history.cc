// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/owner_history.h"

namespace caliwatch {
namespace {

constexpr size_t kMostOwners = 16'384;

// Whose file is there, and names no interface: it was just begun, or cannot be read.
std::set<std::string> Unknown(const Table<Endpoint>& endpoints) {
  std::set<std::string> owners;
  if (endpoints.ok())
    for (const Endpoint& endpoint : *endpoints)
      if (endpoint.interface.empty()) owners.insert(OwnerName(endpoint));
  return owners;
}

}  // namespace

OwnerHistory::OwnerHistory(const Former& standing) {
  for (const auto& [interface, name] : standing) known_[interface] = {name, absl::ZeroDuration()};
}

const OwnerHistory::Former& OwnerHistory::Follow(const Table<Endpoint>& endpoints, const Table<Link>& links,
                                                 BootTime now) {
  const bool says_nothing = !endpoints.ok() && !absl::IsNotFound(endpoints.status());
  if (says_nothing || !links.ok()) return former_;
  const WorkloadOwners owners(endpoints);
  for (const Link& link : *links)
    if (const auto known = known_.find(link.name); known != known_.end()) known->second.there = now;
  for (const auto& [interface, owner] : owners.by_interface)
    if (!interface.empty() && (known_.size() < kMostOwners || known_.count(interface) != 0))
      known_[interface] = {owner, now};
  std::erase_if(known_, [&](const auto& entry) { return now - entry.second.there > kKept; });
  const std::set<std::string> unknown = Unknown(endpoints);
  former_.clear();
  standing_.clear();
  for (const auto& [interface, owner] : known_) {
    if (owners.by_interface.count(interface) != 0 || unknown.count(owner.name) != 0) continue;
    former_[interface] = owner.name;
    if (owner.there == now) standing_[interface] = owner.name;
  }
  FindNewcomers(*links, endpoints.ok());
  return former_;
}

// An index is not given out again before the kernel has counted through all.
void OwnerHistory::FindNewcomers(const std::vector<Link>& links, bool has_files) {
  if (!first_links_) {
    first_links_.emplace();
    for (const Link& link : links) first_links_->insert(link.index);
  }
  newcomers_.clear();
  if (!has_files) return;
  for (const Link& link : links)
    if (link.IsWorkload() && first_links_->count(link.index) == 0 && known_.count(link.name) == 0)
      newcomers_.insert(link.name);
}

}  // namespace caliwatch
