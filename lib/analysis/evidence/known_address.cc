// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/known_address.h"

#include <algorithm>
#include <array>

#include <absl/strings/str_cat.h>

#include "lib/analysis/bgp/bgp_sockets.h"
#include "lib/analysis/bgp/own_address.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

std::optional<IpAddress> Remembered(const BgpPeer& peer, const BirdEvidence& bird) {
  const auto last = bird.before.last_source.find(peer.name);
  return last != bird.before.last_source.end() ? std::optional(last->second) : std::nullopt;
}

// Where the addresses come from that sessions are spoken from.
struct SourceSearch {
  const BirdEvidence& bird;
  const std::vector<BgpSocket>& sockets;
  std::optional<SocketsByPeer> by_peer = {};  // made when BIRD does not say
};

std::optional<IpAddress> SourceOf(const BgpPeer& peer, SourceSearch& search) {
  if (peer.source_address) return peer.source_address;
  if (!search.by_peer) search.by_peer.emplace(search.sockets);
  const BgpSocket* socket = peer.address ? search.by_peer->Towards(*peer.address) : nullptr;
  return socket != nullptr ? std::optional(socket->local) : Remembered(peer, search.bird);
}

// Other nodes are spoken to from the node's own address; routers and workloads, perhaps from others.
std::optional<IpAddress> Source(const BirdEvidence& bird, const std::vector<BgpSocket>& sockets) {
  SourceSearch search{bird, sockets};
  constexpr std::array kAsked = {PeerKind::kMesh, PeerKind::kNode, PeerKind::kGlobal};
  for (const PeerKind kind : kAsked)
    for (const BgpPeer& peer : *bird.now.peers)
      if (peer.kind == kind)
        if (const auto source = SourceOf(peer, search)) return source;
  return std::nullopt;
}

// Calico's, as a rule; one that was set by hand is on a loopback interface, or nowhere.
std::optional<IpAddress> RouterId(const BirdView& bird, const std::vector<Address>& addresses) {
  const absl::StatusOr<IpAddress> id = IpAddress::Parse(bird.status->router_id);
  if (bird.family != Family::kIpv4 || !id.ok() || !IsLocal(*id, addresses)) return std::nullopt;
  return *id;
}

std::vector<IpAddress> AddressesOf(const std::vector<BgpPeer>& peers, bool of_mesh) {
  std::vector<IpAddress> addresses;
  addresses.reserve(peers.size());
  for (const BgpPeer& peer : peers)
    if (peer.address && peer.kind != PeerKind::kLocalWorkload && (peer.kind == PeerKind::kMesh || !of_mesh))
      addresses.push_back(*peer.address);
  return addresses;
}

// Without a mesh, those are nodes or routers that routes lead to, or whoever BIRD speaks to.
std::vector<IpAddress> OtherNodes(const std::vector<IpAddress>& mesh, const RemoteNodes& nodes,
                                  const std::vector<BgpPeer>& peers) {
  if (!mesh.empty()) return mesh;
  std::vector<IpAddress> others;
  others.reserve(nodes.rows.size());
  for (const RemoteNode& node : nodes.rows)
    if (node.address) others.push_back(*node.address);
  return others.empty() ? AddressesOf(peers, false) : others;
}

}  // namespace

absl::StatusOr<std::optional<KnownAddress>> FaultyAddress(const Evidence& evidence, const BirdEvidence& bird) {
  const Snapshot& node = evidence.now;
  const auto& nodes = std::get<absl::StatusOr<RemoteNodes>>(evidence.derived);
  const auto& links = std::get<absl::StatusOr<LinkIndex>>(evidence.derived);
  const absl::StatusOr<RouteLookup> lookup = RouteLookupOf(node.routes, node.rules);
  const absl::Status unread =
      FirstError({nodes.status(), node.bgp_sockets.status(), node.addresses.status(), lookup.status()});
  if (!unread.ok()) return unread;
  const std::vector<BgpPeer>& peers = *bird.now.peers;
  std::optional<IpAddress> address = Source(bird, *node.bgp_sockets);
  if (!address) address = RouterId(bird.now, *node.addresses);
  if (!address) return std::nullopt;
  const std::vector<IpAddress> mesh = AddressesOf(peers, true);
  const auto fault = FaultOf(*address, OtherNodes(mesh, *nodes, peers), *node.addresses, *links, *lookup);
  if (!fault) return std::nullopt;
  KnownAddress known{*address, *fault};
  known.by_mesh = !mesh.empty();
  known.sessions_up = std::count_if(peers.begin(), peers.end(), [](const BgpPeer& peer) { return peer.IsUp(); });
  known.has_worked = known.sessions_up != 0 || std::any_of(peers.begin(), peers.end(), [&](const BgpPeer& peer) {
                       return Remembered(peer, bird) == known.address;
                     });
  known.by_ipip =
      address->family == Family::kIpv4 && std::any_of(nodes->rows.begin(), nodes->rows.end(),
                                                      [](const RemoteNode& row) { return row.way == NodeWay::kIpip; });
  return known;
}

absl::Status ForEachFaultyAddress(const Evidence& evidence,
                                  absl::FunctionRef<void(const KnownAddress&, const std::vector<BgpPeer>&)> visit) {
  absl::Status unread;
  unread.Update(ForEachBird(evidence, [&](const BirdEvidence& bird) {
    const auto known = FaultyAddress(evidence, bird);
    unread.Update(known.status());
    if (known.ok() && *known) visit(**known, *bird.now.peers);
  }));
  return unread;
}

// The address that is taken stays where it is, without a network that leads by it.
std::string SourceLine(const AddressFault& fault) {
  const std::string taken = fault.instead->address.ToString(), interface = ShellWord(fault.interface);
  return absl::StrCat("ip address add ", taken, "/32 dev ", interface, " && ip address del ", taken, "/",
                      fault.instead->prefix_length, " dev ", interface);
}

std::string SourceRemedy(const AddressFault& fault) {
  const std::string taken = fault.instead->address.ToString();
  return absl::StrCat("If ", taken,
                      " is a virtual address (keepalived, kube-vip), let it be one of /32, which makes no route to "
                      "other nodes: ",
                      SourceLine(fault),
                      ", and the same in what sets it. If it is the address that this node ought to have, correct "
                      "Calico's instead (spec.bgp of the Node resource).");
}

}  // namespace caliwatch
