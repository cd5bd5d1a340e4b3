// SPDX-License-Identifier: Apache-2.0
#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

absl::string_view NameOf(absl::string_view name) { return name; }

template <class Enum>
absl::string_view NameOf(Enum value) {
  return ToString(value);
}

// Of a map from enumerations with names to a count.
template <class Counts>
void AddNamed(const Counts& counts, Samples& samples) {
  for (const auto& [key, count] : counts) {
    const auto& [family, second, third] = key;
    samples.Add({std::string(ToString(family)), std::string(ToString(second)), std::string(NameOf(third))},
                static_cast<double>(count));
  }
}

void ReadRoutes(const Exposed& exposed, Samples& samples) {
  if (const auto& counts = exposed.report.kernel.routes; counts.ok()) AddNamed(*counts, samples);
}

void ReadRouteChanges(const Exposed& exposed, Samples& samples) {
  if (exposed.report.kernel.routes.ok()) AddNamed(exposed.report.route_changes, samples);
}

void ReadNeighbors(const Exposed& exposed, Samples& samples) {
  if (const auto& counts = exposed.report.kernel.neighbors; counts.ok()) AddNamed(*counts, samples);
}

void ReadDuplicates(const Exposed& exposed, Samples& samples) {
  const auto& duplicates = exposed.report.kernel.duplicates;
  if (!duplicates.ok()) return;
  PerFamily<int> counts;
  for (const DuplicateNeighbor& duplicate : *duplicates) ++counts[duplicate.address.family];
  for (const Family family : kFamilies) samples.Add({std::string(ToString(family))}, counts[family]);
}

void ReadDuplicateInterfaces(const Exposed& exposed, Samples& samples) {
  const auto& duplicates = exposed.report.kernel.duplicates;
  if (!duplicates.ok()) return;
  for (const DuplicateNeighbor& duplicate : *duplicates) {
    if (samples.rows().size() == kListCap) return;
    samples.Add({std::string(ToString(duplicate.address.family)), duplicate.address.ToString()},
                static_cast<double>(duplicate.links.size()));
  }
}

auto OfLimits(uint32_t NeighborLimits::*value) {
  return [value](const Exposed& exposed, Samples& samples) {
    const Table<NeighborLimits>& tables = exposed.report.kernel.neighbor_limits;
    if (!tables.ok()) return;
    for (const NeighborLimits& limits : *tables) samples.Add({std::string(ToString(limits.family))}, limits.*value);
  };
}

void ReadWorkloadInterfaces(const Exposed& exposed, Samples& samples) {
  const auto& counts = exposed.report.kernel.workload_interfaces;
  if (!counts.ok()) return;
  samples.Add({"up"}, counts->up);
  samples.Add({"down"}, counts->down);
}

const RegisterMetrics registered{
    {"caliwatch_kernel_routes",
     MetricType::Gauge,
     "Routes of the kernel's main table, by who made them and what they do. boot: a workload's route.",
     {"family", "protocol", "route_type"},
     ReadRoutes},
    {"caliwatch_route_changes_total",
     MetricType::Counter,
     "Next hops that came into the kernel's main table or left it, from one poll to the next.",
     {"family", "protocol", "change"},
     ReadRouteChanges},
    {"caliwatch_neighbors",
     MetricType::Gauge,
     "Entries of the kernel's neighbor table (ARP, NDP).",
     {"family", "interface_kind", "state"},
     ReadNeighbors},
    {"caliwatch_duplicate_neighbor_ips",
     MetricType::Gauge,
     "Addresses with usable neighbor entries on several interfaces, at least one of them a workload's.",
     {"family"},
     ReadDuplicates},
    {"caliwatch_duplicate_neighbor_interfaces",
     MetricType::Gauge,
     "Interfaces with a usable neighbor entry for this address; the first 20 addresses only.",
     {"family", "ip"},
     ReadDuplicateInterfaces},
    {"caliwatch_neighbor_table_entries",
     MetricType::Gauge,
     "Entries that count against the limit, those of every network namespace of the host.",
     {"family"},
     OfLimits(&NeighborLimits::entries)},
    {"caliwatch_neighbor_table_limit",
     MetricType::Gauge,
     "Entries at which the kernel refuses more (net.ipv4.neigh.default.gc_thresh3, and that of ipv6).",
     {"family"},
     OfLimits(&NeighborLimits::limit)},
    {"caliwatch_workload_interfaces",
     MetricType::Gauge,
     "Interfaces of workloads: up, with carrier, or down.",
     {"state"},
     ReadWorkloadInterfaces},
};

}  // namespace
}  // namespace caliwatch
