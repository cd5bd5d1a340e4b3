// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/duplicate_neighbors.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace caliwatch {
namespace {

std::set<int> WorkloadLinks(const std::vector<Link>& links) {
  std::set<int> workloads;
  for (const Link& link : links)
    if (link.IsWorkload()) workloads.insert(link.index);
  return workloads;
}

// Calico's eBPF data plane keeps a permanent entry for its own gateway there.
std::set<int> BpfLinks(const std::vector<Link>& links) {
  std::set<int> found;
  for (const Link& link : links)
    if (link.name == "bpfin.cali" || link.name == "bpfout.cali") found.insert(link.index);
  return found;
}

// Felix prefers the live end of a migrating workload by a smaller metric; the other end goes when the migration is
// over.
bool IsMigrating(const DuplicateNeighbor& duplicate, const std::vector<Route>& routes) {
  std::set<uint32_t> metrics;
  std::set<int> links;
  for (const Route& route : routes)
    if (route.destination.IsSingleAddress() && route.destination.address == duplicate.address &&
        route.table == RT_TABLE_MAIN) {
      metrics.insert(route.metric);
      links.insert(route.link);
    }
  return metrics.size() > 1 && links.size() > 1;
}

}  // namespace

std::vector<DuplicateNeighbor> DuplicateNeighbors(const std::vector<Neighbor>& neighbors,
                                                  const std::vector<Link>& links, const std::vector<Route>& routes) {
  const std::set<int> workloads = WorkloadLinks(links);
  const std::set<int> bpf = BpfLinks(links);
  std::vector<std::pair<IpAddress, int>> entries;
  for (const Neighbor& neighbor : neighbors)
    if (neighbor.IsUsable() && !neighbor.address.IsLinkLocal() && bpf.count(neighbor.link) == 0)
      entries.emplace_back(neighbor.address, neighbor.link);
  std::sort(entries.begin(), entries.end());

  std::vector<DuplicateNeighbor> duplicates;
  for (auto begin = entries.begin(); begin != entries.end();) {
    const auto end = std::find_if(begin, entries.end(), [&](const auto& entry) { return entry.first != begin->first; });
    DuplicateNeighbor candidate{begin->first, {}};
    for (auto entry = begin; entry != end; ++entry) candidate.links.push_back(entry->second);
    const bool touches_workload = std::any_of(candidate.links.begin(), candidate.links.end(),
                                              [&](int link) { return workloads.count(link) != 0; });
    if (candidate.links.size() > 1 && touches_workload && !IsMigrating(candidate, routes))
      duplicates.push_back(std::move(candidate));
    begin = end;
  }
  return duplicates;
}

}  // namespace caliwatch
