// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/lost_behind_tunnel.h"

#include <set>
#include <string>

#include <absl/container/flat_hash_set.h>

namespace caliwatch {
namespace {

std::set<IpAddress> GatewaysMissed(const BirdRecollection& bird) {
  std::set<IpAddress> gateways;
  for (const ExpectedRoute& route : bird.missing_routes) gateways.insert(route.gateway);
  return gateways;
}

}  // namespace

std::vector<Prefix> RefusedForNothing(const Evidence& evidence, Family family) {
  const Table<BirdRoute>& table = *evidence.before.birds[family].table;
  if (!table.ok() || !evidence.now.routes.ok()) return {};
  absl::flat_hash_set<Prefix> refused;
  for (const BirdRoute& route : *table)
    if (route.best && route.kernel_refused && route.type == BirdRouteType::kUnicast) refused.insert(route.destination);
  if (refused.empty()) return {};
  for (const Route& route : *evidence.now.routes)
    if (route.table == RT_TABLE_MAIN) refused.erase(route.destination);
  const std::set<Prefix> ordered(refused.begin(), refused.end());
  return {ordered.begin(), ordered.end()};
}

std::vector<Thing> LostBehindTunnel(const Evidence& evidence, absl::string_view tunnel, Family family) {
  std::vector<Thing> things = {InterfaceName{std::string(tunnel)}};
  for (const IpAddress& gateway : GatewaysMissed(evidence.before.birds[family])) things.emplace_back(gateway);
  if (tunnel != "tunl0") return things;
  for (const Prefix& refused : RefusedForNothing(evidence, family)) things.emplace_back(refused);
  return things;
}

}  // namespace caliwatch
