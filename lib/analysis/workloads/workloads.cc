// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/workloads.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <tuple>
#include <utility>

#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>

#include "lib/analysis/routes/block_routes.h"

namespace caliwatch {
namespace {

using Rows = std::vector<WorkloadAddress>;

Rows Ordered(Rows workloads) {
  std::sort(workloads.begin(), workloads.end(), [](const WorkloadAddress& a, const WorkloadAddress& b) {
    return std::tie(a.address, a.interface, a.owner) < std::tie(b.address, b.interface, b.owner);
  });
  return workloads;
}

Rows AddressesOf(const std::vector<Endpoint>& endpoints, const std::vector<Link>& links) {
  absl::flat_hash_set<absl::string_view> others;
  for (const Link& link : links)
    if (!link.IsWorkload()) others.insert(link.name);
  Rows workloads;
  for (const Endpoint& endpoint : endpoints) {
    if (endpoint.interface.empty() || others.contains(endpoint.interface)) continue;
    for (const Prefix& prefix : endpoint.prefixes)
      if (prefix.IsSingleAddress())
        workloads.push_back({prefix.address, endpoint.interface, OwnerName(endpoint), endpoint.mac});
  }
  return Ordered(std::move(workloads));
}

Rows AddressesOf(const std::vector<Route>& routes, const std::vector<Link>& links) {
  const LinkIndex index(links);
  Rows workloads;
  for (const Route& route : routes)
    if (IsWorkloadRoute(route, index))
      workloads.push_back({route.destination.address, index.NameOf(route.link), "", std::nullopt});
  workloads = Ordered(std::move(workloads));
  workloads.erase(std::unique(workloads.begin(), workloads.end()), workloads.end());
  return workloads;
}

}  // namespace

std::string OwnerName(const Endpoint& endpoint) {
  return absl::StrCat(endpoint.orchestrator == "k8s" ? "pod " : "workload ", endpoint.workload);
}

absl::StatusOr<WantedWorkloads> WantedWorkloadsOf(const Table<Endpoint>& endpoints, const Table<Link>& links) {
  if (!endpoints.ok()) return endpoints.status();
  if (!links.ok()) return links.status();
  Rows rows = AddressesOf(*endpoints, *links);
  // Under VPP Calico names interfaces that the kernel never has. One alone may just have been lost.
  const auto is_elsewhere = [&](const WorkloadAddress& one) { return one.interface != rows.front().interface; };
  const bool several = std::any_of(rows.begin(), rows.end(), is_elsewhere);
  if (several && std::none_of(links->begin(), links->end(), std::mem_fn(&Link::IsWorkload)))
    return absl::NotFoundError("the kernel has no workload interface: something else connects this node's workloads");
  absl::flat_hash_set<absl::string_view> present;
  for (const Link& link : *links) present.insert(link.name);
  const auto first_gone = std::stable_partition(
      rows.begin(), rows.end(), [&](const WorkloadAddress& one) { return present.contains(one.interface); });
  Rows gone(std::make_move_iterator(first_gone), std::make_move_iterator(rows.end()));
  rows.erase(first_gone, rows.end());
  return WantedWorkloads{std::move(rows), std::move(gone)};
}

absl::StatusOr<Workloads> WorkloadsOf(const Table<Endpoint>& endpoints, const absl::StatusOr<WantedWorkloads>& wanted,
                                      const Table<Link>& links, const Table<Route>& routes) {
  if (!absl::IsNotFound(endpoints.status())) {
    if (!wanted.ok()) return wanted.status();
    return Workloads{wanted->rows};
  }
  if (!links.ok()) return links.status();
  if (!routes.ok()) return routes.status();
  return Workloads{AddressesOf(*routes, *links)};
}

WorkloadOwners::WorkloadOwners(const Table<Endpoint>& endpoints) {
  if (!endpoints.ok()) return;
  for (const Endpoint& endpoint : *endpoints) by_interface[endpoint.interface] = OwnerName(endpoint);
}

std::string Describe(const WorkloadAddress& workload) {
  return workload.owner.empty() ? workload.interface : absl::StrCat(workload.owner, " at ", workload.interface);
}

absl::string_view JudgedBy(const Table<Endpoint>& endpoints) {
  return endpoints.ok() && !endpoints->empty() ? "" : " (judged without Calico's endpoint-status)";
}

}  // namespace caliwatch
