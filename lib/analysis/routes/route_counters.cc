// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/route_counters.h"

#include <algorithm>

#include <absl/container/flat_hash_map.h>

#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

// How many routes lead to each gateway that BIRD made, or Felix in its place.
absl::flat_hash_map<IpAddress, uint32_t> RoutesByGateway(const RouteTally& tally, Family family) {
  absl::flat_hash_map<IpAddress, uint32_t> routes;
  for (const GatewayTally& row : tally.gateways)
    if (row.family == family && (row.owner == RouteOwner::kBird || row.owner == RouteOwner::kFelix))
      routes[row.gateway] += row.routes;
  return routes;
}

}  // namespace

int64_t ExportedToKernel(const BirdView& seen) {
  int64_t exported = 0;
  if (seen.protocols == nullptr) return exported;
  for (const BirdProtocol& protocol : *seen.protocols)
    if (protocol.type == "Kernel" && protocol.routes) exported += protocol.routes->exported;
  return exported;
}

std::optional<int64_t> RoutesLackingInKernel(const BirdView& seen) {
  if (seen.protocols == nullptr || seen.routes == nullptr) return std::nullopt;
  return ExportedToKernel(seen) - std::count_if(seen.routes->begin(), seen.routes->end(), [&](const Route& route) {
           return route.family() == seen.family && route.table == RT_TABLE_MAIN && route.hop == 0 &&
                  OwnerOf(route) == RouteOwner::kBird;
         });
}

std::vector<int64_t> Disagreement(const BirdView& seen, const RouteTally& tally) {
  if (seen.peers == nullptr || seen.protocols == nullptr || seen.routes == nullptr) return {};
  const absl::flat_hash_map<IpAddress, uint32_t> kernels = RoutesByGateway(tally, seen.family);
  std::vector<int64_t> differences = {ExportedToKernel(seen) - tally.made_by_bird[seen.family],
                                      tally.unreachable_by_bird[seen.family]};
  for (const BgpPeer& peer : *seen.peers) {
    if (peer.kind != PeerKind::kMesh || !peer.address || !peer.routes) continue;
    const auto kernel = kernels.find(*peer.address);
    differences.push_back(int64_t{peer.routes->preferred} - (kernel != kernels.end() ? kernel->second : 0));
  }
  return differences;
}

bool CountersAgree(const std::vector<int64_t>& disagreement) {
  return !disagreement.empty() &&
         std::all_of(disagreement.begin(), disagreement.end(), [](int64_t difference) { return difference == 0; });
}

}  // namespace caliwatch
