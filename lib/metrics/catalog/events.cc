// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

template <class Counts, class Key>
double CountOf(const Counts& counts, const Key& key) {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : static_cast<double>(found->second);
}

void ReadRouteEvents(const Exposed& exposed, Samples& samples) {
  for (const Family family : kFamilies)
    for (const RouteOwner owner : kRouteOwners)
      for (const RouteChange change : {RouteChange::kAdded, RouteChange::kRemoved})
        samples.Add({std::string(ToString(family)), std::string(ToString(owner)), std::string(ToString(change))},
                    CountOf(exposed.report.route_events, std::tuple(family, owner, change)));
}

void ReadNeighborEvents(const Exposed& exposed, Samples& samples) {
  for (const Family family : kFamilies)
    for (const LinkRole role : kLinkRoles)
      for (const NeighborChange change : kNeighborChanges)
        samples.Add({std::string(ToString(family)), std::string(ToString(role)), std::string(ToString(change))},
                    CountOf(exposed.report.neighbor_events, std::tuple(family, role, change)));
}

template <class Rows, class AddressOf>
void AddByFamily(const Rows& rows, AddressOf address_of, Samples& samples) {
  for (const Family family : kFamilies)
    samples.Add({std::string(ToString(family))},
                static_cast<double>(std::count_if(rows.begin(), rows.end(),
                                                  [&](const auto& row) { return address_of(row).family == family; })));
}

void ReadRecurringRoutes(const Exposed& exposed, Samples& samples) {
  AddByFamily(
      exposed.report.recurring_routes, [](const RecurringRoute& row) { return row.route.destination.address; },
      samples);
}

void ReadRestlessNeighbors(const Exposed& exposed, Samples& samples) {
  AddByFamily(
      exposed.report.restless_neighbors, [](const RestlessNeighbor& row) { return row.address; }, samples);
}

const RegisterMetrics registered{
    {"caliwatch_kernel_route_events_total",
     MetricType::Counter,
     "Routes that the kernel announced as added to its main table, or removed; also those that no poll saw, as they "
     "came and went between two.",
     {"family", "protocol", "change"},
     ReadRouteEvents},
    {"caliwatch_kernel_neighbor_events_total",
     MetricType::Counter,
     "Neighbor entries (ARP, NDP) that failed, changed their MAC, or were removed, as the kernel announced it.",
     {"family", "interface_kind", "change"},
     ReadNeighborEvents},
    {"caliwatch_recurring_routes",
     MetricType::Gauge,
     "Routes of the main table that went and came back three times or more within ten minutes.",
     {"family"},
     ReadRecurringRoutes},
    {"caliwatch_restless_neighbors",
     MetricType::Gauge,
     "Neighbor entries that failed or changed their MAC within ten minutes.",
     {"family"},
     ReadRestlessNeighbors},
};

}  // namespace
}  // namespace caliwatch
