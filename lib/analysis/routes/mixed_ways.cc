// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/mixed_ways.h"

#include <algorithm>
#include <utility>

#include <absl/container/flat_hash_set.h>

#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/prefix_set.h"
#include "lib/analysis/routes/tunnel_exits.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

// The smallest prefix around blocks.
class Hull {
 public:
  void Take(const Prefix& block) { around_ = around_ ? HullOf(*around_, block) : block; }
  bool Holds(const Prefix& block) const { return around_ && around_->Contains(block.address); }

 private:
  std::optional<Prefix> around_;
};

bool AnyIn(const Hull& hull, const std::vector<Prefix>& blocks) {
  return std::any_of(blocks.begin(), blocks.end(), [&](const Prefix& block) { return hull.Holds(block); });
}

const Address* AddressOf(const std::vector<Address>& addresses, const IpAddress& own) {
  const auto found =
      std::find_if(addresses.begin(), addresses.end(), [&](const Address& each) { return each.address == own; });
  return found != addresses.end() ? &*found : nullptr;
}

absl::flat_hash_set<IpAddress> MeshOf(const std::vector<BgpPeer>& peers) {
  absl::flat_hash_set<IpAddress> nodes;
  for (const BgpPeer& peer : peers)
    if (peer.kind == PeerKind::kMesh && peer.address) nodes.insert(*peer.address);
  return nodes;
}

struct Half {
  std::set<IpAddress> nodes;
  std::vector<Prefix> blocks;
  Hull hull;

  void Take(const Route& route) {
    nodes.insert(*route.gateway);
    blocks.push_back(route.destination);
    hull.Take(route.destination);
  }
};

bool ShareNone(const std::set<IpAddress>& some, const std::set<IpAddress>& others) {
  return std::none_of(some.begin(), some.end(), [&](const IpAddress& node) { return others.contains(node); });
}

}  // namespace

std::optional<MixedWays> FindMixedWays(const std::vector<Route>& routes, const std::vector<Link>& links,
                                       const std::vector<Address>& addresses, const IpAddress& own,
                                       const std::vector<BgpPeer>& peers) {
  const int tunl0 = IndexOfTunl0(links);
  const Address* address = AddressOf(addresses, own);
  if (tunl0 == 0 || address == nullptr) return std::nullopt;
  const Prefix network{own, address->prefix_length};
  const absl::flat_hash_set<IpAddress> mesh = MeshOf(peers);
  Half tunnelled, bare;
  for (const Route& route : routes) {
    // What Felix leads bare it means so.
    const bool is_bare = route.link == address->link && OwnerOf(route) == RouteOwner::kBird;
    if ((!is_bare && route.link != tunl0) || !IsRemoteBlock(route) || route.nexthop_id != 0 || route.hop != 0) continue;
    if (route.family() != own.family || !MayBeBlock(route.destination)) continue;
    if (!network.Contains(*route.gateway) || !mesh.contains(*route.gateway)) continue;
    (is_bare ? bare : tunnelled).Take(route);
  }
  if (!ShareNone(tunnelled.nodes, bare.nodes)) return std::nullopt;
  if (!AnyIn(tunnelled.hull, bare.blocks) || !AnyIn(bare.hull, tunnelled.blocks)) return std::nullopt;
  return MixedWays{network, address->link, std::move(tunnelled.nodes), std::move(bare.nodes), std::move(bare.blocks)};
}

}  // namespace caliwatch
