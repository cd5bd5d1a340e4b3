// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/duplicate_neighbors.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "lib/analysis/routes/prefix_set.h"
#include "lib/model/link_index.h"

namespace caliwatch {
namespace {

std::set<int> WorkloadLinks(const std::vector<Link>& links) {
  std::set<int> workloads;
  for (const Link& link : links)
    if (link.IsWorkload()) workloads.insert(link.index);
  return workloads;
}

// Whose entries Calico writes itself: one for its gateway on each eBPF device, one for each node's tunnel address on a
// VXLAN device. They do not show who answers.
std::set<int> CalicosOwnLinks(const std::vector<Link>& links) {
  std::set<int> found;
  for (const Link& link : links)
    if (link.role == LinkRole::kTunnel || IsEbpfDevice(link)) found.insert(link.index);
  return found;
}

class Networks {
 public:
  Networks(const std::vector<Address>* addresses, const std::set<int>& workloads, const HostRoutes& routes)
      : workloads_(workloads), routes_(routes) {
    if (addresses != nullptr)
      for (const Address& own : *addresses) by_link_[own.link].Insert({own.address, own.prefix_length});
  }

  bool AreHomeOf(const IpAddress& address, int link) const {
    const auto networks = by_link_.find(link);
    return networks != by_link_.end() && workloads_.count(link) == 0 && !IsLedToWorkload(address) &&
           networks->second.Hold(address);
  }

 private:
  bool IsLedToWorkload(const IpAddress& address) const {
    const std::vector<const Route*>& routes = routes_.To(address);
    return std::any_of(routes.begin(), routes.end(),
                       [&](const Route* route) { return workloads_.count(route->link) != 0; });
  }

  std::map<int, PrefixSet> by_link_;
  const std::set<int>& workloads_;
  const HostRoutes& routes_;
};

}  // namespace

DuplicateNeighbors DuplicateNeighborsOf(const std::vector<Neighbor>& neighbors, const std::vector<Link>& links,
                                        const HostRoutes& routes, const std::vector<Address>* addresses) {
  const std::set<int> workloads = WorkloadLinks(links);
  const std::set<int> own = CalicosOwnLinks(links);
  const Networks networks(addresses, workloads, routes);
  std::vector<std::pair<IpAddress, int>> entries;
  for (const Neighbor& neighbor : neighbors)
    if (neighbor.IsUsable() && !neighbor.address.IsLinkLocal() && own.count(neighbor.link) == 0)
      entries.emplace_back(neighbor.address, neighbor.link);
  std::sort(entries.begin(), entries.end());

  DuplicateNeighbors duplicates;
  for (auto begin = entries.begin(); begin != entries.end();) {
    const auto end = std::find_if(begin, entries.end(), [&](const auto& entry) { return entry.first != begin->first; });
    if (end - begin == 1) {  // as nearly all of thousands
      begin = end;
      continue;
    }
    DuplicateNeighbor candidate{begin->first, {}};
    for (auto entry = begin; entry != end; ++entry) candidate.links.push_back(entry->second);
    if (candidate.links.size() > 1)
      std::erase_if(candidate.links, [&](int link) { return networks.AreHomeOf(candidate.address, link); });
    const bool touches_workload = std::any_of(candidate.links.begin(), candidate.links.end(),
                                              [&](int link) { return workloads.count(link) != 0; });
    if (candidate.links.size() > 1 && touches_workload && !routes.IsMigrating(candidate.address))
      duplicates.push_back(std::move(candidate));
    begin = end;
  }
  return duplicates;
}

}  // namespace caliwatch
