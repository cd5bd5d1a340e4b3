// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/route_attribution.h"

#include <algorithm>
#include <utility>

#include <absl/container/flat_hash_set.h>

#include "lib/model/bird_effort.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

constexpr absl::Duration kAskAgain = absl::Seconds(30);
constexpr absl::Duration kAskManyAgain = absl::Minutes(5);
bool IsFromBird(const Route& route, Family family) {
  return route.family() == family && route.table == RT_TABLE_MAIN && route.gateway &&
         OwnerOf(route) == RouteOwner::kBird;
}

bool GatewaysArePeers(const BirdView& seen, const RouteTally& tally) {
  absl::flat_hash_set<IpAddress> peers;
  for (const BgpPeer& peer : *seen.peers)
    if (peer.address) peers.insert(*peer.address);
  return std::all_of(tally.gateways.begin(), tally.gateways.end(), [&](const GatewayTally& row) {
    return row.family != seen.family || row.owner != RouteOwner::kBird || peers.contains(row.gateway);
  });
}

size_t HashOfRoutes(const BirdView& seen) {
  std::vector<std::pair<Prefix, IpAddress>> routes;
  for (const Route& route : *seen.routes)
    if (IsFromBird(route, seen.family)) routes.emplace_back(route.destination, *route.gateway);
  return absl::HashOf(routes);
}

absl::flat_hash_map<Prefix, std::string> ProtocolsOf(const std::vector<BirdRoute>& table) {
  absl::flat_hash_map<Prefix, std::string> protocols;
  for (const BirdRoute& route : table)
    if (route.best) protocols[route.destination] = route.protocol;
  return protocols;
}

}  // namespace

void RouteAttribution::Follow(const BirdView& seen, const RouteTally& tally, const Table<BirdRoute>& answer) {
  ask_ = false;
  if (!seen.bird_answers() || seen.routes == nullptr) return;
  if (GatewaysArePeers(seen, tally)) {
    protocol_.clear();
    return;
  }
  // Changes whenever what came from whom may have changed.
  const size_t situation =
      absl::HashOf(HashOfCounters(*seen.peers), routes_.Get(seen.routes_edition, [&] { return HashOfRoutes(seen); }));
  if (!absl::IsNotFound(answer.status())) {
    asked_ = seen.now;
    asked_for_ = answer.ok() ? std::optional(situation) : std::nullopt;
    if (answer.ok()) protocol_ = ProtocolsOf(*answer);
  }
  const absl::Duration again = protocol_.size() > kManyRoutes ? kAskManyAgain : kAskAgain;
  ask_ = !asked_ || (asked_for_ != situation && seen.now - *asked_ >= again);
}

absl::string_view RouteAttribution::ProtocolOf(const Prefix& destination) const {
  const auto found = protocol_.find(destination);
  return found == protocol_.end() ? absl::string_view() : found->second;
}

std::vector<uint32_t> RouteAttribution::Count(const std::vector<const BgpPeer*>& peers,
                                              const std::vector<Route>& routes, const RouteTally& tally) const {
  absl::flat_hash_map<absl::string_view, uint32_t> by_protocol;
  absl::flat_hash_map<IpAddress, uint32_t> by_gateway;
  // In a full mesh nothing was asked: then gateways tell all.
  if (protocol_.empty())
    for (const GatewayTally& row : tally.gateways) by_gateway[row.gateway] += row.routes;
  else
    for (const Route& route : routes) {
      if (!route.gateway || route.table != RT_TABLE_MAIN) continue;
      const auto found = protocol_.find(route.destination);
      ++(found == protocol_.end() ? by_gateway[*route.gateway] : by_protocol[found->second]);
    }
  std::vector<uint32_t> counts;
  counts.reserve(peers.size());
  for (const BgpPeer* peer : peers)
    counts.push_back(by_protocol[peer->name] + (peer->address ? by_gateway[*peer->address] : 0));
  return counts;
}

}  // namespace caliwatch
