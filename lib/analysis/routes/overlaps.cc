// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/overlaps.h"

#include <algorithm>
#include <bitset>
#include <memory>
#include <utility>

#include "lib/analysis/routes/block_routes.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

bool AreApart(const Prefix& a, const Prefix& b) { return !a.Contains(b.address) && !b.Contains(a.address); }

// A network that an interface of the host has an address of.
bool IsHostNetwork(const Route& route, const LinkIndex& links) {
  return route.table == RT_TABLE_MAIN && route.type == RTN_UNICAST && OwnerOf(route) == RouteOwner::kKernel &&
         !route.gateway && !route.destination.IsSingleAddress() && !route.destination.address.IsLinkLocal() &&
         links.HasRole(route.link, LinkRole::kHost);
}

bool IsBlock(const Route& route, const LinkIndex& links, const absl::flat_hash_set<IpAddress>& mesh) {
  if (!MayBeBlock(route.destination)) return false;
  if (!IsRemoteBlock(route, links)) return IsLocalBlock(route);
  return OwnerOf(route) != RouteOwner::kBird || mesh.contains(*route.gateway);
}

// Ordered, so that a block is compared with the addresses in it alone.
class Addresses {
 public:
  explicit Addresses(std::vector<IpAddress> addresses) : sorted_(std::move(addresses)) {
    std::sort(sorted_.begin(), sorted_.end());
  }
  std::optional<IpAddress> In(const Prefix& block) const {
    const auto first = std::lower_bound(sorted_.begin(), sorted_.end(), block.address);
    return first != sorted_.end() && block.Contains(*first) ? std::optional(*first) : std::nullopt;
  }

 private:
  std::vector<IpAddress> sorted_;
};

// Tells at once of nearly all blocks that they are far from all that is looked for: by the first 16 bits in IPv4, and
// by a hash of the first 64 in IPv6.
class Neighborhood {
 public:
  void Take(const Prefix& prefix) {
    const IpAddress& address = prefix.address;
    if (address.family == Family::kIpv6) {
      all_ipv6_ |= prefix.length < 64;
      ipv6_.set(Place(address));
      return;
    }
    const size_t places = prefix.length < 16 ? size_t{1} << (16 - prefix.length) : 1;
    for (size_t i = 0; i < places; ++i) ipv4_.set(std::min<size_t>(Place(address) + i, ipv4_.size() - 1));
  }
  bool MayHold(const IpAddress& address) const {
    if (address.family == Family::kIpv4) return ipv4_.test(Place(address));
    return all_ipv6_ || ipv6_.test(Place(address));
  }

 private:
  static size_t Place(const IpAddress& address) {
    const auto& bytes = address.bytes;
    size_t place = 0;
    const size_t used = address.family == Family::kIpv4 ? 2 : 8;
    for (size_t i = 0; i < used; i += 2) place ^= size_t{bytes[i]} << 8 | bytes[i + 1];
    return place;
  }

  std::bitset<1 << 16> ipv4_, ipv6_;
  bool all_ipv6_ = false;
};

}  // namespace

std::vector<Overlap> OverlapsOf(const std::vector<Route>& routes, const LinkIndex& links,
                                const std::vector<IpAddress>& nodes, const absl::flat_hash_set<IpAddress>& mesh) {
  std::vector<const Route*> networks;
  std::vector<IpAddress> gateways;
  for (const Route& route : routes) {
    if (OwnerOf(route) == RouteOwner::kKernel && IsHostNetwork(route, links)) networks.push_back(&route);
    if (route.table == RT_TABLE_MAIN && route.destination.IsDefault() && route.gateway)
      gateways.push_back(*route.gateway);
  }
  const auto near = std::make_unique<Neighborhood>();
  for (const Route* network : networks) near->Take(network->destination);
  for (const std::vector<IpAddress>& addresses : {nodes, gateways})
    for (const IpAddress& address : addresses) near->Take({address, static_cast<uint8_t>(address.bits())});
  const Addresses peers(nodes), routers(std::move(gateways));
  std::vector<Overlap> found;
  for (const Route& route : routes) {
    if (!near->MayHold(route.destination.address) || !IsBlock(route, links, mesh)) continue;
    if (!found.empty() && found.back().block == route.destination) continue;
    const Prefix& block = route.destination;
    if (const auto peer = peers.In(block)) {
      found.push_back({block, OverlapKind::kPeer, peer});
    } else if (const auto gateway = routers.In(block)) {
      found.push_back({block, OverlapKind::kGateway, gateway});
    } else {
      for (const Route* network : networks)
        if (!AreApart(block, network->destination)) {
          found.push_back({block, OverlapKind::kNetwork, {}, network->destination, network->link});
          break;
        }
    }
  }
  return found;
}

}  // namespace caliwatch
