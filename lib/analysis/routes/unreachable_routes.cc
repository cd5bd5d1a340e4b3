// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/unreachable_routes.h"

#include <algorithm>
#include <functional>
#include <map>

#include <absl/container/flat_hash_map.h>

#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/prefix_set.h"
#include "lib/analysis/routes/unprogrammed_routes.h"

namespace caliwatch {
namespace {

std::optional<IpAddress> AddressOf(const PeersByName& peers, absl::string_view protocol) {
  const BgpPeer* peer = FindPeer(peers, protocol);
  return peer != nullptr ? peer->address : std::nullopt;
}

// Of one announcer; its routes, which may be many, share the answer.
struct Reason {
  NoNextHop why = NoNextHop::kUnknown;
  std::optional<Prefix> network = {};
  std::optional<IpAddress> network_from = {};
};

// Finds reasons in BIRD's table, for as many announcers as there are.
class Reasons {
 public:
  Reasons(const std::vector<BirdRoute>& table, const BirdView& seen, const PeersByName& peers)
      : peers_(peers), forgotten_(ForgottenNetworks(table, seen)) {
    for (const BirdRoute& route : table)
      if (route.best) best_[route.destination.length].try_emplace(route.destination, &route);
  }

  const Reason& For(const IpAddress& announcer) {
    const auto [reason, is_new] = known_.try_emplace(announcer);
    if (is_new) reason->second = Find(announcer);
    return reason->second;
  }

 private:
  const BirdRoute* LongestMatch(const IpAddress& address) const {
    for (const auto& [length, routes] : best_) {
      if (length > address.size() * 8) continue;
      if (const auto found = routes.find(Shortened({address, 0}, length)); found != routes.end()) return found->second;
    }
    return nullptr;
  }

  Reason Find(const IpAddress& announcer) const {
    const BirdRoute* match = LongestMatch(announcer);
    if (match != nullptr && FindPeer(peers_, match->protocol) != nullptr)
      return {NoNextHop::kLearnedItself, match->destination,
              match->learned_from ? match->learned_from : AddressOf(peers_, match->protocol)};
    for (const Prefix& network : forgotten_)
      if (network.Contains(announcer)) return {NoNextHop::kForgotten, network, {}};
    return {match == nullptr ? NoNextHop::kNoRoute : NoNextHop::kUnknown, {}, {}};
  }

  const PeersByName& peers_;
  std::vector<Prefix> forgotten_;
  std::map<uint8_t, absl::flat_hash_map<Prefix, const BirdRoute*>, std::greater<>> best_;  // by length
  std::map<IpAddress, Reason> known_;
};

bool LeadsNowhere(const BirdRoute& route) { return route.best && route.type == BirdRouteType::kUnreachable; }

void TakeTable(const std::vector<BirdRoute>& table, const BirdView& seen, std::map<Prefix, UnreachableRoute>& found) {
  if (std::none_of(table.begin(), table.end(), LeadsNowhere)) return;
  const PeersByName peers = seen.peers != nullptr ? IndexPeers(*seen.peers) : PeersByName();
  Reasons reasons(table, seen, peers);
  for (const BirdRoute& route : table) {
    if (!LeadsNowhere(route)) continue;
    UnreachableRoute& row = found.try_emplace(route.destination, UnreachableRoute{route.destination, ""}).first->second;
    row.protocol = route.protocol;
    row.announcer = route.learned_from ? route.learned_from : AddressOf(peers, route.protocol);
    if (!row.announcer) continue;
    const Reason& reason = reasons.For(*row.announcer);
    row.why = reason.why;
    row.network = reason.network;
    row.network_from = reason.network_from;
  }
}

}  // namespace

std::vector<UnreachableRoute> UnreachableRoutes(const BirdView& seen, const std::vector<BirdRoute>* table) {
  std::map<Prefix, UnreachableRoute> found;
  for (const Route& route : *seen.routes)
    if (route.family() == seen.family && IsUnreachableByBird(route))
      found.try_emplace(route.destination, UnreachableRoute{route.destination, ""});
  if (table != nullptr) TakeTable(*table, seen, found);
  std::vector<UnreachableRoute> rows;
  rows.reserve(found.size());
  for (auto& [destination, row] : found) rows.push_back(std::move(row));
  return rows;
}

}  // namespace caliwatch
