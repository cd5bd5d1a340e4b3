// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/peer_report.h"

#include <utility>

#include <absl/container/flat_hash_map.h>

namespace caliwatch {
namespace {

using RouteCountsByGateway = absl::flat_hash_map<IpAddress, uint32_t>;

RouteCountsByGateway CountByGateway(const std::vector<Route>& routes) {
  RouteCountsByGateway counts;
  for (const Route& route : routes)
    if (route.gateway && route.table == RT_TABLE_MAIN) ++counts[*route.gateway];
  return counts;
}

}  // namespace

std::vector<PeerReport> ReportPeers(const Sessions& sessions, const Table<Route>& routes, const PeerHistory& history,
                                    const FlapCounts& flaps) {
  RouteCountsByGateway kernel_routes;
  if (routes.ok()) kernel_routes = CountByGateway(*routes);
  std::vector<PeerReport> reports;
  for (const Family family : kFamilies)
    for (const Session& session : sessions[family]) {
      const PeerKey key{family, session.peer->name};
      PeerReport report{family, *session.peer, history.Since(key), 0, std::nullopt, session.diagnosis};
      if (session.socket != nullptr) report.socket = *session.socket;
      if (const auto counted = flaps.find(key); counted != flaps.end()) report.flaps = counted->second;
      if (routes.ok() && session.peer->address) report.kernel_routes = kernel_routes[*session.peer->address];
      reports.push_back(std::move(report));
    }
  return reports;
}

}  // namespace caliwatch
