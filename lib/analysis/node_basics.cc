// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/node_basics.h"

#include <algorithm>
#include <map>

#include <absl/container/flat_hash_set.h>
#include <linux/netconf.h>

#include "lib/analysis/routes/host_routes.h"

namespace caliwatch {
namespace {

std::optional<StatusFiles> StatusFilesOf(const Table<Endpoint>& endpoints) {
  if (absl::IsNotFound(endpoints.status())) return StatusFiles::kNone;
  if (!endpoints.ok() || endpoints->empty()) return std::nullopt;
  const bool named =
      std::any_of(endpoints->begin(), endpoints->end(), [](const Endpoint& file) { return !file.interface.empty(); });
  return named ? StatusFiles::kNamed : StatusFiles::kEmpty;
}

// While Calico is upgraded, routes of both kinds are there for a moment; a machine that migrates has one of its own.
std::optional<uint32_t> PodRouteMetricOf(const Table<Route>& routes, const std::vector<Link>& links) {
  if (!routes.ok()) return std::nullopt;
  absl::flat_hash_set<int> workloads;
  for (const Link& link : links)
    if (link.IsWorkload()) workloads.insert(link.index);
  std::map<uint32_t, size_t> counts;
  for (const Route& route : *routes)
    if (route.family() == Family::kIpv4 && IsHostRoute(route) && workloads.contains(route.link)) ++counts[route.metric];
  const auto most =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? std::nullopt : std::optional(most->first);
}

std::optional<std::vector<std::string>> BlockRoutesBy(const absl::StatusOr<RemoteNodes>& others) {
  if (!others.ok()) return std::nullopt;
  bool by_bird = false, by_felix = false;
  for (const RemoteNode& node : others->rows) {
    if (node.blocks == 0) continue;
    by_bird |= node.by_bird;
    by_felix |= node.by_felix;
  }
  if (!by_bird && !by_felix) return std::nullopt;
  std::vector<std::string> makers;
  if (by_bird) makers.emplace_back("bird");
  if (by_felix) makers.emplace_back("felix");
  return makers;
}

NodeBehaviour BehaviourOf(const Snapshot& seen, const absl::StatusOr<RemoteNodes>& others) {
  NodeBehaviour behaviour{
      .endpoint_files = StatusFilesOf(seen.endpoints), .block_routes_by = BlockRoutesBy(others), .neighbor_limit = {}};
  if (seen.links.ok()) behaviour.pod_route_metric = PodRouteMetricOf(seen.routes, *seen.links);
  if (seen.netconf.ok())
    for (const NetConf& row : *seen.netconf)
      if (row.family == Family::kIpv4 && row.link == NETCONFA_IFINDEX_ALL) behaviour.rp_filter = row.rp_filter;
  if (seen.neighbor_limits.ok())
    for (const NeighborLimits& row : *seen.neighbor_limits) behaviour.neighbor_limit[row.family] = row.limit;
  return behaviour;
}

}  // namespace

absl::string_view ToString(StatusFiles files) {
  constexpr absl::string_view kNames[] = {"none", "empty", "named"};
  return kNames[static_cast<size_t>(files)];
}

NodeBasics BasicsOf(const Snapshot& seen, const absl::StatusOr<RemoteNodes>& others) {
  NodeBasics basics{.booted = seen.taken_at - seen.boot_time, .interfaces = {}, .behaviour = BehaviourOf(seen, others)};
  if (seen.calico_mtu.ok()) basics.workload_mtu = seen.calico_mtu->bytes;
  if (!seen.links.ok()) return basics;
  for (const Link& link : *seen.links)
    if (!link.IsWorkload()) basics.interfaces.push_back({link.name, link.mtu, link.mac});
  return basics;
}

}  // namespace caliwatch
