// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/unreachable_routes.h"

#include <algorithm>
#include <map>

#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/unprogrammed_routes.h"

namespace caliwatch {
namespace {

std::optional<IpAddress> AddressOf(const std::vector<BgpPeer>* peers, absl::string_view protocol) {
  const BgpPeer* peer = peers != nullptr ? FindPeer(*peers, protocol) : nullptr;
  return peer != nullptr ? peer->address : std::nullopt;
}

const BirdRoute* LongestMatch(const std::vector<BirdRoute>& table, const IpAddress& address) {
  const BirdRoute* longest = nullptr;
  for (const BirdRoute& route : table)
    if (route.best && route.destination.Contains(address) &&
        (longest == nullptr || route.destination.length > longest->destination.length))
      longest = &route;
  return longest;
}

// Of one announcer; its routes, which may be many, share the answer.
struct Reason {
  NoNextHop why = NoNextHop::kUnknown;
  std::optional<Prefix> network = {};
  std::optional<IpAddress> network_from = {};
};

Reason ReasonFor(const IpAddress& announcer, const std::vector<BirdRoute>& table, const BirdView& seen) {
  const BirdRoute* match = LongestMatch(table, announcer);
  if (match != nullptr && seen.peers != nullptr && FindPeer(*seen.peers, match->protocol) != nullptr)
    return {NoNextHop::kLearnedItself, match->destination,
            match->learned_from ? match->learned_from : AddressOf(seen.peers, match->protocol)};
  for (const Prefix& network : ForgottenNetworks(table, seen))
    if (network.Contains(announcer)) return {NoNextHop::kForgotten, network, {}};
  return {match == nullptr ? NoNextHop::kNoRoute : NoNextHop::kUnknown, {}, {}};
}

}  // namespace

std::vector<UnreachableRoute> UnreachableRoutes(const BirdView& seen, const std::vector<BirdRoute>* table) {
  std::map<Prefix, UnreachableRoute> found;
  for (const Route& route : *seen.routes)
    if (route.family() == seen.family && IsUnreachableByBird(route))
      found.try_emplace(route.destination, UnreachableRoute{route.destination, ""});
  std::map<IpAddress, Reason> reasons;
  if (table != nullptr)
    for (const BirdRoute& route : *table) {
      if (!route.best || route.type != BirdRouteType::kUnreachable) continue;
      const std::optional<IpAddress> peer = AddressOf(seen.peers, route.protocol);
      UnreachableRoute& row =
          found.try_emplace(route.destination, UnreachableRoute{route.destination, ""}).first->second;
      row.protocol = route.protocol;
      row.announcer = route.learned_from ? route.learned_from : peer;
      if (!row.announcer) continue;
      const auto [reason, is_new] = reasons.try_emplace(*row.announcer);
      if (is_new) reason->second = ReasonFor(*row.announcer, *table, seen);
      row.why = reason->second.why;
      row.network = reason->second.network;
      row.network_from = reason->second.network_from;
    }
  std::vector<UnreachableRoute> rows;
  rows.reserve(found.size());
  for (auto& [destination, row] : found) rows.push_back(std::move(row));
  return rows;
}

}  // namespace caliwatch
