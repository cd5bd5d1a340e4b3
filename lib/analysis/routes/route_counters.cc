// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/route_counters.h"

#include <algorithm>

#include <absl/container/flat_hash_map.h>

#include "lib/analysis/routes/block_routes.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

// How many routes lead to each gateway, each path of a multipath route for itself; and how many routes BIRD made, and
// of them as unreachable.
struct BirdMade {
  absl::flat_hash_map<IpAddress, uint32_t> by_gateway;
  uint32_t routes = 0;
  uint32_t unreachable = 0;
};
BirdMade CountBirdMade(const BirdView& seen) {
  BirdMade made;
  for (const Route& route : *seen.routes) {
    if (route.family() != seen.family || route.table != RT_TABLE_MAIN) continue;
    const RouteOwner owner = OwnerOf(route);
    if (route.gateway && (owner == RouteOwner::kBird || owner == RouteOwner::kFelix)) ++made.by_gateway[*route.gateway];
    made.routes += owner == RouteOwner::kBird && route.hop == 0;
    made.unreachable += IsUnreachableByBird(route);
  }
  return made;
}

int64_t ExportedToKernel(const BirdView& seen) {
  int64_t exported = 0;
  for (const BirdProtocol& protocol : *seen.protocols)
    if (protocol.type == "Kernel" && protocol.routes) exported += protocol.routes->exported;
  return exported;
}

}  // namespace

std::optional<int64_t> RoutesLackingInKernel(const BirdView& seen) {
  if (seen.protocols == nullptr || seen.routes == nullptr) return std::nullopt;
  return ExportedToKernel(seen) - CountBirdMade(seen).routes;
}

std::vector<int64_t> Disagreement(const BirdView& seen) {
  if (seen.peers == nullptr || seen.protocols == nullptr || seen.routes == nullptr) return {};
  const BirdMade made = CountBirdMade(seen);
  std::vector<int64_t> differences = {ExportedToKernel(seen) - made.routes, made.unreachable};
  for (const BgpPeer& peer : *seen.peers) {
    if (peer.kind != PeerKind::kMesh || !peer.address || !peer.routes) continue;
    const auto kernel = made.by_gateway.find(*peer.address);
    differences.push_back(int64_t{peer.routes->preferred} - (kernel != made.by_gateway.end() ? kernel->second : 0));
  }
  return differences;
}

bool CountersAgree(const std::vector<int64_t>& disagreement) {
  return !disagreement.empty() &&
         std::all_of(disagreement.begin(), disagreement.end(), [](int64_t difference) { return difference == 0; });
}

}  // namespace caliwatch
