// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/felix_traces.h"

#include <algorithm>

#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

template <class Row, class Predicate>
bool HasRow(const Table<Row>& table, Predicate predicate) {
  return table.ok() && std::any_of(table->begin(), table->end(), predicate);
}

}  // namespace

FelixTraces FindFelixTraces(const Snapshot& snapshot) {
  return {.endpoint_files = snapshot.endpoints.ok(),
          .mtu_file = snapshot.calico_mtu.ok(),
          .routes = HasRow(snapshot.routes, [](const Route& route) { return OwnerOf(route) == RouteOwner::kFelix; }),
          .devices = HasRow(snapshot.links,
                            [](const Link& link) { return link.role == LinkRole::kTunnel && link.name != "tunl0"; })};
}

}  // namespace caliwatch
