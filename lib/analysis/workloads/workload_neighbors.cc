// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/workload_neighbors.h"

#include <absl/container/flat_hash_map.h>

namespace caliwatch {

WorkloadNeighbors::WorkloadNeighbors(const std::vector<Neighbor>& neighbors, const std::vector<Link>& links) {
  absl::flat_hash_map<int, const Link*> workloads;
  for (const Link& link : links)
    if (link.IsWorkload()) workloads[link.index] = &link;
  for (const Neighbor& neighbor : neighbors) {
    const auto link = workloads.find(neighbor.link);
    if (link == workloads.end() || neighbor.address.IsLinkLocal()) continue;
    if (neighbor.IsUnanswered()) unanswered_.emplace(neighbor.address, neighbor.link);
    if (!neighbor.IsUsable() || neighbor.state == NUD_PERMANENT) continue;
    by_address_[neighbor.address].push_back(link->second);
    inhabited_.emplace(neighbor.link, neighbor.address.family);
    if (!neighbor.IsAnswering()) continue;
    answering_.emplace(neighbor.address, neighbor.link);
    lively_.insert(neighbor.link);
  }
}

const std::vector<const Link*>& WorkloadNeighbors::LinksOf(const IpAddress& address) const {
  static const std::vector<const Link*> none;
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? none : found->second;
}

bool WorkloadNeighbors::HasAnswered(const IpAddress& address, int link) const {
  for (const Link* at : LinksOf(address))
    if (at->index == link) return true;
  return false;
}

}  // namespace caliwatch
