// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/remote_nodes.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/prefix_set.h"
#include "lib/analysis/routes/wireguard_routes.h"
#include "lib/model/link_index.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

bool IsIn(const Route& route, uint32_t table) { return route.table == table && route.type == RTN_UNICAST; }

bool IsTunnelOfKind(const Link* link, absl::string_view kind) {
  return link != nullptr && link->role == LinkRole::kTunnel && link->kind == kind;
}

// A block by way of the other end's tunnel address, or that address itself. What the kernel makes for the device's own
// addresses is neither.
bool LeadsToTunnelEnd(const Route& route) {
  return OwnerOf(route) != RouteOwner::kKernel && (route.gateway || route.destination.IsSingleAddress());
}

// What is counted for one way to one gateway: small, since a node may have 100,000 routes by way of thousands.
struct Tally {
  IpAddress gateway;
  Family family;
  NodeWay way;
  bool by_bird = false, by_felix = false;
  const Link* link;
  uint32_t blocks = 0, hosts = 0;
  std::array<const Route*, RemoteNode::kNamedBlocks> first = {};
};

class Ways {
 public:
  explicit Ways(const Snapshot& node) : links_(*node.links), encrypted_(EncryptedDestinations(node, links_)) {}

  // Takes one route of table main into account; false: it leads to no other node.
  bool Take(const Route& route) {
    if (route.destination.IsDefault()) return false;
    if (link_ == nullptr || link_->index != route.link) link_ = links_.Find(route.link);
    const std::optional<NodeWay> way = link_ != nullptr ? WayOf(route, *link_) : std::nullopt;
    if (way) Count(route, TallyOf(route, *way));
    return way.has_value();
  }

  std::vector<RemoteNode> Finish() const {
    std::vector<RemoteNode> rows;
    rows.reserve(tallies_.size());
    for (const Tally& tally : tallies_) rows.push_back(RowOf(tally));
    return rows;
  }

 private:
  std::optional<NodeWay> WayOf(const Route& route, const Link& link) const {
    if (IsTunnelOfKind(&link, "vxlan"))
      return LeadsToTunnelEnd(route) && !(link.vxlan && link.vxlan->flow_based) ? std::optional(NodeWay::kVxlan)
                                                                                : std::nullopt;
    if (!IsRemoteBlock(route)) return std::nullopt;
    if (!encrypted_.empty() && encrypted_.contains(route.destination)) return NodeWay::kWireguard;
    return IsTunnelOfKind(&link, "ipip") ? NodeWay::kIpip : NodeWay::kDirect;
  }

  Tally& TallyOf(const Route& route, NodeWay way) {
    // A tunnel address that is borrowed from another node's block has a route of its own, without a gateway.
    const IpAddress& gateway = route.gateway ? *route.gateway : route.destination.address;
    PerFamily<absl::flat_hash_map<IpAddress, uint32_t>>& of_way = by_gateway_[static_cast<size_t>(way)];
    const auto [entry, is_new] = of_way[route.family()].try_emplace(gateway, static_cast<uint32_t>(tallies_.size()));
    if (is_new) tallies_.push_back({.gateway = gateway, .family = route.family(), .way = way, .link = link_});
    return tallies_[entry->second];
  }

  static void Count(const Route& route, Tally& tally) {
    (OwnerOf(route) == RouteOwner::kBird ? tally.by_bird : tally.by_felix) = true;
    if (route.destination.IsSingleAddress()) {
      ++tally.hosts;
      return;
    }
    if (tally.blocks < tally.first.size()) tally.first[tally.blocks] = &route;
    ++tally.blocks;
  }

  static RemoteNode RowOf(const Tally& tally) {
    RemoteNode row;
    row.family = tally.family;
    row.way = tally.way;
    (tally.way == NodeWay::kVxlan ? row.tunnel_address : row.address) = tally.gateway;
    row.interface = tally.link->name;
    row.by_bird = tally.by_bird;
    row.by_felix = tally.by_felix;
    row.blocks = tally.blocks;
    row.hosts = tally.hosts;
    for (const Route* route : tally.first)
      if (route != nullptr) row.first_blocks.push_back(route->destination);
    if (tally.link->role == LinkRole::kTunnel && !tally.link->up) row.lacks.push_back(NodeLack::kDevice);
    return row;
  }

  LinkIndex links_;
  const Link* link_ = nullptr;  // of the route before: most leave by one
  absl::flat_hash_set<Prefix> encrypted_;
  std::vector<Tally> tallies_;
  std::array<PerFamily<absl::flat_hash_map<IpAddress, uint32_t>>, kNodeWays.size()> by_gateway_;  // into `tallies_`
};

// Finds the node behind a tunnel address: Felix enters the MAC of the address, and the node of that MAC.
class VxlanEnds {
 public:
  explicit VxlanEnds(const Snapshot& node) {
    for (const Link& link : *node.links)
      if (IsTunnelOfKind(&link, "vxlan")) devices_.insert(link.index);
    for (const Neighbor& neighbor : *node.neighbors)
      if (devices_.contains(neighbor.link) && neighbor.IsUsable() && neighbor.mac)
        macs_[neighbor.address] = *neighbor.mac;
    for (const FdbEntry& entry : *node.fdb)
      if (devices_.contains(entry.link) && entry.destination) nodes_[entry.mac] = *entry.destination;
  }

  void Complete(RemoteNode& row) const {
    const auto mac = macs_.find(*row.tunnel_address);
    if (mac == macs_.end()) return row.lacks.push_back(NodeLack::kNeighbor);
    const auto node = nodes_.find(mac->second);
    if (node == nodes_.end()) return row.lacks.push_back(NodeLack::kFdb);
    row.address = node->second;
  }

 private:
  absl::flat_hash_set<int> devices_;
  absl::flat_hash_map<IpAddress, MacAddress> macs_;
  absl::flat_hash_map<MacAddress, IpAddress> nodes_;
};

// Whether table main leads to a node's address.
class Underlay {
 public:
  // `others`: to which routes lead that lead to no other node.
  Underlay(const std::vector<Route>& routes, const PrefixSet& others) : routes_(routes), others_(others) {}

  bool LeadsTo(const IpAddress& address) {
    // As a rule it is one of the few that neither BIRD nor Felix made.
    if (others_.Hold(address)) return true;
    if (!blocks_) {
      blocks_.emplace();
      for (const Route& route : routes_)
        if (IsRemoteBlock(route)) blocks_->Insert(route.destination);
    }
    return blocks_->Hold(address);
  }

 private:
  const std::vector<Route>& routes_;
  const PrefixSet& others_;
  std::optional<PrefixSet> blocks_;  // made when somebody asks
};

NodeWays WaysOf(const Snapshot& node) {
  Ways ways(node);
  PrefixSet others;
  for (const Route& route : *node.routes)
    if (IsIn(route, RT_TABLE_MAIN) && !ways.Take(route)) others.Insert(route.destination);
  return {ways.Finish(), std::move(others)};
}

using PeersByAddress = absl::flat_hash_map<IpAddress, const BgpPeer*>;

PeersByAddress PeersOf(const Snapshot& node) {
  PeersByAddress peers;
  for (const Bird& bird : node.birds)
    if (bird.peers.ok())
      for (const BgpPeer& peer : *bird.peers)
        if (peer.address) peers[*peer.address] = &peer;
  return peers;
}

// What is by way of a reflector has no session of its own, and lacks none.
void TakeSession(const PeersByAddress& peers, RemoteNode& row) {
  const auto peer = peers.find(*row.address);
  if (peer == peers.end()) return;
  row.protocol = peer->second->name;
  if (row.by_bird && !peer->second->IsUp()) row.lacks.push_back(NodeLack::kSession);
}

void AddNodesWithoutRoutes(const PeersByAddress& peers, std::vector<RemoteNode>& rows) {
  absl::flat_hash_set<IpAddress> known;
  for (const RemoteNode& row : rows)
    if (row.address) known.insert(*row.address);
  for (const auto& [address, peer] : peers) {
    if (peer->kind != PeerKind::kMesh || known.contains(address)) continue;
    RemoteNode row;
    row.address = address;
    row.family = address.family;
    row.way = NodeWay::kNone;
    row.protocol = peer->name;
    if (!peer->IsUp()) row.lacks.push_back(NodeLack::kSession);
    rows.push_back(std::move(row));
  }
}

}  // namespace

absl::string_view ToString(NodeWay way) {
  constexpr absl::string_view kNames[] = {"direct", "ipip", "vxlan", "wireguard", "none"};
  return kNames[static_cast<size_t>(way)];
}

absl::string_view ToString(NodeLack lack) {
  constexpr absl::string_view kNames[] = {"device", "neighbor", "fdb", "underlay", "session"};
  return kNames[static_cast<size_t>(lack)];
}

const NodeWays& KeptNodeWays::Of(const Snapshot& node) {
  const bool same = links_ == *node.links && rules_ == node.rules;
  if (!same) {
    links_ = *node.links;
    rules_ = node.rules;
  }
  return ways_.Get(same ? node.routes_edition : 0, [&] { return WaysOf(node); });
}

absl::StatusOr<RemoteNodes> RemoteNodesOf(const Snapshot& node) {
  KeptNodeWays nothing;
  return RemoteNodesOf(node, nothing);
}

absl::StatusOr<RemoteNodes> RemoteNodesOf(const Snapshot& node, KeptNodeWays& kept) {
  for (const absl::Status& status :
       {node.routes.status(), node.links.status(), node.neighbors.status(), node.fdb.status()})
    if (!status.ok()) return status;
  const NodeWays& ways = kept.Of(node);
  Underlay underlay(*node.routes, ways.others);
  RemoteNodes nodes{ways.rows};
  const VxlanEnds ends(node);
  const PeersByAddress peers = PeersOf(node);
  for (RemoteNode& row : nodes.rows) {
    if (row.way == NodeWay::kVxlan) ends.Complete(row);
    if (!row.address) continue;
    if (!underlay.LeadsTo(*row.address)) row.lacks.push_back(NodeLack::kUnderlay);
    TakeSession(peers, row);
  }
  AddNodesWithoutRoutes(peers, nodes.rows);
  std::sort(nodes.rows.begin(), nodes.rows.end(), [](const RemoteNode& a, const RemoteNode& b) {
    return std::tie(a.family, a.way, a.address, a.tunnel_address) <
           std::tie(b.family, b.way, b.address, b.tunnel_address);
  });
  return nodes;
}

}  // namespace caliwatch
