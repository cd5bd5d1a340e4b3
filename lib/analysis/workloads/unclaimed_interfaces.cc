// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/unclaimed_interfaces.h"

#include <algorithm>

#include <absl/container/flat_hash_map.h>

#include "lib/analysis/routes/host_routes.h"
#include "lib/analysis/workloads/workloads.h"

namespace caliwatch {
namespace {

// One that is down or without carrier is workload_interface_down's: Felix keeps no file of it.
bool Runs(const Link& link) {
  return link.IsWorkload() && (link.kind == "veth" || link.kind == "netkit") && link.up && link.carrier;
}

// A file that was just begun, or cannot be read, names no interface: any may be its workload's.
bool HaveUnknown(const Table<Endpoint>& endpoints) {
  return endpoints.ok() && std::any_of(endpoints->begin(), endpoints->end(),
                                       [](const Endpoint& endpoint) { return endpoint.interface.empty(); });
}

std::vector<const Link*> WithoutFile(const std::vector<Link>& links, const Table<Endpoint>& endpoints) {
  const WorkloadOwners owners(endpoints);
  std::vector<const Link*> without;
  for (const Link& link : links)
    if (Runs(link) && owners.by_interface.count(link.name) == 0) without.push_back(&link);
  return without;
}

struct Routed {
  bool any = false;
  std::vector<IpAddress> addresses = {};  // where they are asked for
};

// Of these interfaces alone: a node may have routes by the hundred thousand.
absl::flat_hash_map<int, Routed> RoutesTo(const std::vector<const Link*>& links, const std::vector<Route>& routes,
                                          bool want_addresses) {
  absl::flat_hash_map<int, Routed> routed(links.size());
  for (const Link* link : links) routed.try_emplace(link->index);
  for (const Route& route : routes) {
    if (route.gateway || !IsHostRoute(route)) continue;
    const auto found = routed.find(route.link);
    if (found == routed.end()) continue;
    found->second.any = true;
    if (want_addresses) found->second.addresses.push_back(route.destination.address);
  }
  return routed;
}

class Judge {
 public:
  Judge(const WorkloadNeighbors& neighbors, const OwnerHistory::Former& former, const std::set<std::string>& newcomers)
      : neighbors_(neighbors), former_(former), newcomers_(newcomers) {}

  Unclaimed KindOf(const Link& link) const {
    if (former_.count(link.name) != 0) return Unclaimed::kEnded;
    if (!HasInhabitants(link)) return Unclaimed::kLeftOver;
    const bool is_new = newcomers_.count(link.name) != 0 || neighbors_.IsAnsweringAt(link.index);
    return is_new ? Unclaimed::kNew : Unclaimed::kEnded;
  }

  bool HasInhabitants(const Link& link) const {
    return neighbors_.AnswersAt(link.index, Family::kIpv4) || neighbors_.AnswersAt(link.index, Family::kIpv6);
  }

 private:
  const WorkloadNeighbors& neighbors_;
  const OwnerHistory::Former& former_;
  const std::set<std::string>& newcomers_;
};

}  // namespace

std::vector<UnclaimedInterface> UnclaimedInterfacesOf(const Table<Endpoint>& endpoints, const std::vector<Link>& links,
                                                      const std::vector<Route>& routes,
                                                      const WorkloadNeighbors& neighbors,
                                                      const OwnerHistory::Former& former,
                                                      const std::set<std::string>& newcomers) {
  const std::vector<const Link*> candidates = WithoutFile(links, endpoints);
  if (candidates.empty() || HaveUnknown(endpoints)) return {};
  const bool by_files = endpoints.ok() && !endpoints->empty();
  absl::flat_hash_map<int, Routed> routed = RoutesTo(candidates, routes, by_files);
  const Judge judge(neighbors, former, newcomers);
  std::vector<UnclaimedInterface> unclaimed;
  unclaimed.reserve(candidates.size());
  for (const Link* link : candidates) {
    Routed& there = routed[link->index];
    const bool has_routes = there.any;
    if (!by_files && (has_routes || judge.HasInhabitants(*link))) {
      // Who answers without a route is workload_route_missing's; who did once may have ended.
      if (!has_routes && !neighbors.IsAnsweringAt(link->index)) unclaimed.push_back({link, Unclaimed::kEnded, {}});
      continue;
    }
    unclaimed.push_back({link, has_routes ? Unclaimed::kLeftOver : judge.KindOf(*link), std::move(there.addresses)});
  }
  return unclaimed;
}

}  // namespace caliwatch
