// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <tuple>

#include "lib/analysis/workloads/duplicate_neighbors.h"
#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

absl::string_view RouteTypeName(uint8_t type) {
  switch (type) {
    case RTN_UNICAST:
      return "unicast";
    case RTN_BLACKHOLE:
      return "blackhole";
    default:
      return "other";
  }
}

void ReadRoutes(const Report& report, const ExpositionOptions&, Samples& samples) {
  if (!report.snapshot->routes.ok()) return;
  std::map<std::tuple<Family, RouteOwner, absl::string_view>, int> counts;
  for (const Route& route : *report.snapshot->routes)
    if (route.table == RT_TABLE_MAIN && route.hop == 0)
      ++counts[{route.family(), OwnerOf(route), RouteTypeName(route.type)}];
  for (const auto& [key, count] : counts)
    samples.Add({std::string(ToString(std::get<0>(key))), std::string(ToString(std::get<1>(key))),
                 std::string(std::get<2>(key))},
                count);
}

void ReadRouteChanges(const Report& report, const ExpositionOptions&, Samples& samples) {
  for (const auto& [key, count] : report.route_changes)
    samples.Add({std::string(ToString(std::get<0>(key))), std::string(ToString(std::get<1>(key))),
                 std::get<2>(key) == RouteChange::kAdded ? "added" : "removed"},
                static_cast<double>(count));
}

void ReadNeighbors(const Report& report, const ExpositionOptions&, Samples& samples) {
  const Snapshot& node = *report.snapshot;
  if (!node.neighbors.ok() || !node.links.ok()) return;
  std::map<int, LinkRole> roles;
  for (const Link& link : *node.links) roles[link.index] = link.role;
  std::map<std::tuple<Family, LinkRole, absl::string_view>, int> counts;
  for (const Neighbor& neighbor : *node.neighbors) {
    const auto role = roles.find(neighbor.link);
    ++counts[{neighbor.address.family, role != roles.end() ? role->second : LinkRole::kHost,
              NeighborStateName(neighbor.state)}];
  }
  for (const auto& [key, count] : counts)
    samples.Add({std::string(ToString(std::get<0>(key))), std::string(ToString(std::get<1>(key))),
                 std::string(std::get<2>(key))},
                count);
}

std::vector<DuplicateNeighbor> DuplicatesOf(const Snapshot& node) {
  return DuplicateNeighbors(*node.neighbors, *node.links, *node.routes);
}

bool CanTellDuplicates(const Snapshot& node) { return node.neighbors.ok() && node.links.ok() && node.routes.ok(); }

void ReadDuplicates(const Report& report, const ExpositionOptions&, Samples& samples) {
  if (!CanTellDuplicates(*report.snapshot)) return;
  std::map<Family, int> counts = {{Family::kIpv4, 0}, {Family::kIpv6, 0}};
  for (const DuplicateNeighbor& duplicate : DuplicatesOf(*report.snapshot)) ++counts[duplicate.address.family];
  for (const auto& [family, count] : counts) samples.Add({std::string(ToString(family))}, count);
}

void ReadDuplicateInterfaces(const Report& report, const ExpositionOptions&, Samples& samples) {
  if (!CanTellDuplicates(*report.snapshot)) return;
  for (const DuplicateNeighbor& duplicate : DuplicatesOf(*report.snapshot)) {
    if (samples.rows().size() == kListCap) return;
    samples.Add({std::string(ToString(duplicate.address.family)), duplicate.address.ToString()},
                static_cast<double>(duplicate.links.size()));
  }
}

auto OfLimits(uint32_t NeighborLimits::*value) {
  return [value](const Report& report, const ExpositionOptions&, Samples& samples) {
    if (!report.snapshot->neighbor_limits.ok()) return;
    for (const NeighborLimits& limits : *report.snapshot->neighbor_limits)
      samples.Add({std::string(ToString(limits.family))}, limits.*value);
  };
}

void ReadWorkloadInterfaces(const Report& report, const ExpositionOptions&, Samples& samples) {
  if (!report.snapshot->links.ok()) return;
  int up = 0, down = 0;
  for (const Link& link : *report.snapshot->links)
    if (link.IsWorkload()) ++(link.up && link.carrier ? up : down);
  samples.Add({"up"}, up);
  samples.Add({"down"}, down);
}

const RegisterMetrics registered{
    {"caliwatch_kernel_routes",
     MetricType::kGauge,
     "Routes of the kernel's main table, by who made them and what they do. boot: a workload's route.",
     {"family", "protocol", "route_type"},
     ReadRoutes},
    {"caliwatch_route_changes_total",
     MetricType::kCounter,
     "Next hops that came into the kernel's main table or left it, from one poll to the next.",
     {"family", "protocol", "change"},
     ReadRouteChanges},
    {"caliwatch_neighbors",
     MetricType::kGauge,
     "Entries of the kernel's neighbor table (ARP, NDP).",
     {"family", "interface_kind", "state"},
     ReadNeighbors},
    {"caliwatch_duplicate_neighbor_ips",
     MetricType::kGauge,
     "Addresses with usable neighbor entries on several interfaces, at least one of them a workload's.",
     {"family"},
     ReadDuplicates},
    {"caliwatch_duplicate_neighbor_interfaces",
     MetricType::kGauge,
     "Interfaces with a usable neighbor entry for this address; the first 20 addresses only.",
     {"family", "ip"},
     ReadDuplicateInterfaces},
    {"caliwatch_neighbor_table_entries",
     MetricType::kGauge,
     "Entries that count against the limit, those of every network namespace of the host.",
     {"family"},
     OfLimits(&NeighborLimits::entries)},
    {"caliwatch_neighbor_table_limit",
     MetricType::kGauge,
     "Entries at which the kernel refuses more (net.ipv4.neigh.default.gc_thresh3, and that of ipv6).",
     {"family"},
     OfLimits(&NeighborLimits::limit)},
    {"caliwatch_workload_interfaces",
     MetricType::kGauge,
     "Interfaces of workloads (cali*): up, with carrier, or down.",
     {"state"},
     ReadWorkloadInterfaces},
};

}  // namespace
}  // namespace caliwatch
