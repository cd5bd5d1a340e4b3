// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/workloads.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/analysis/routes/block_routes.h"

namespace caliwatch {
namespace {

using Workloads = std::vector<WorkloadAddress>;

Workloads Ordered(Workloads workloads) {
  std::sort(workloads.begin(), workloads.end(), [](const WorkloadAddress& a, const WorkloadAddress& b) {
    return std::tie(a.address, a.interface, a.owner) < std::tie(b.address, b.interface, b.owner);
  });
  return workloads;
}

Workloads AddressesOf(const std::vector<Endpoint>& endpoints) {
  Workloads workloads;
  for (const Endpoint& endpoint : endpoints) {
    if (RoleOf(endpoint.interface) != LinkRole::kWorkload) continue;
    for (const Prefix& prefix : endpoint.prefixes)
      if (prefix.IsSingleAddress())
        workloads.push_back({prefix.address, endpoint.interface, OwnerName(endpoint), endpoint.mac});
  }
  return Ordered(std::move(workloads));
}

Workloads AddressesOf(const std::vector<Route>& routes, const std::vector<Link>& links) {
  const LinkIndex index(links);
  Workloads workloads;
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

absl::StatusOr<Workloads> WantedAddresses(const Snapshot& snapshot) {
  if (!snapshot.endpoints.ok()) return snapshot.endpoints.status();
  if (!snapshot.links.ok()) return snapshot.links.status();
  Workloads workloads = AddressesOf(*snapshot.endpoints);
  // Under VPP Calico names interfaces that the kernel never has. One alone may just have been lost.
  const auto is_elsewhere = [&](const WorkloadAddress& one) { return one.interface != workloads.front().interface; };
  const bool several = std::any_of(workloads.begin(), workloads.end(), is_elsewhere);
  if (several && std::none_of(snapshot.links->begin(), snapshot.links->end(), std::mem_fn(&Link::IsWorkload)))
    return absl::NotFoundError("the kernel has no cali* interface: something else connects this node's workloads");
  return workloads;
}

absl::StatusOr<Workloads> WorkloadAddresses(const Snapshot& snapshot) {
  if (!absl::IsNotFound(snapshot.endpoints.status())) return WantedAddresses(snapshot);
  if (!snapshot.links.ok()) return snapshot.links.status();
  if (!snapshot.routes.ok()) return snapshot.routes.status();
  return AddressesOf(*snapshot.routes, *snapshot.links);
}

std::string Describe(const WorkloadAddress& workload) {
  return workload.owner.empty() ? workload.interface : absl::StrCat(workload.owner, " at ", workload.interface);
}

absl::string_view JudgedBy(const Snapshot& snapshot) {
  return snapshot.endpoints.ok() && !snapshot.endpoints->empty() ? "" : " (judged without Calico's endpoint-status)";
}

std::map<std::string, std::string> OwnersByInterface(const Snapshot& snapshot) {
  std::map<std::string, std::string> owners;
  if (snapshot.endpoints.ok())
    for (const Endpoint& endpoint : *snapshot.endpoints) owners[endpoint.interface] = OwnerName(endpoint);
  return owners;
}

}  // namespace caliwatch
