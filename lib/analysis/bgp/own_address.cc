// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/own_address.h"

#include <algorithm>

#include "lib/analysis/bgp/bgp_sockets.h"
#include "lib/analysis/bgp/bird_words.h"

namespace caliwatch {
namespace {

constexpr uint8_t kNear = 16;  // bits that nodes' addresses have in common, as a rule

// With a workload of its own BIRD speaks from another address than the node's.
bool HasNodeAddress(const BgpPeer& peer) { return peer.kind != PeerKind::kLocalWorkload; }

bool IsOfIpv4(const BgpPeer& peer) {
  return HasNodeAddress(peer) && peer.address && peer.address->family == Family::kIpv4 && !peer.IsDisabled();
}

// BIRD binds the address before it calls: while a call is under way, or was answered, it has it.
bool HasCalled(const BgpPeer& peer) {
  if (peer.IsPassive()) return false;
  if (peer.bgp_state == BgpState::kConnect || peer.bgp_state == BgpState::kOpenSent) return true;
  const PeerCause cause = CauseOf(peer.error);
  return peer.error.error_class == PeerErrorClass::kSocket &&
         (cause == PeerCause::kRefused || cause == PeerCause::kUnreachable);
}

// A farewell may be older than the loss, where nobody calls any more.
bool WasAnswered(const BgpPeer& peer) {
  return ProvesContact(peer.error) && !(peer.IsPassive() && CauseOf(peer.error) == PeerCause::kShutDownByPeer);
}

bool SpeaksFromElsewhere(const BgpPeer& peer, const OwnAddresses& own, const SocketsByPeer& sockets) {
  if (peer.source_address) return own.contains(*peer.source_address);
  if (HasCalled(peer) || WasAnswered(peer)) return true;
  const BgpSocket* socket = peer.address ? sockets.Towards(*peer.address) : nullptr;
  return socket != nullptr && own.contains(socket->local);
}

bool MayBeOurs(const IpAddress& router_id, const std::vector<BgpPeer>& peers, const std::vector<Address>& addresses) {
  const Prefix near{router_id, kNear};
  if (std::any_of(peers.begin(), peers.end(), [&](const BgpPeer& peer) { return peer.address == router_id; }))
    return false;  // a peer's, whose Router ID this node has as well
  return std::any_of(peers.begin(), peers.end(),
                     [&](const BgpPeer& peer) { return IsOfIpv4(peer) && near.Contains(*peer.address); }) ||
         std::any_of(addresses.begin(), addresses.end(),
                     [&](const Address& address) { return NetworkOf(address).Contains(router_id); });
}

}  // namespace

bool IsLocal(const IpAddress& wanted, const std::vector<Address>& addresses) {
  return std::any_of(addresses.begin(), addresses.end(),
                     [&](const Address& address) { return address.address == wanted; });
}

OwnAddresses OwnAddressesOf(const std::vector<Address>& addresses) {
  OwnAddresses own;
  for (const Address& address : addresses) own.insert(address.address);
  return own;
}

Prefix NetworkOf(const Address& address) { return {address.address, address.prefix_length}; }

std::optional<IpAddress> LostSource(const BirdStatus& status, const std::vector<BgpPeer>& peers,
                                    const std::vector<Address>& addresses, const std::vector<BgpSocket>* sockets) {
  const OwnAddresses own = OwnAddressesOf(addresses);
  for (const BgpPeer& peer : peers)
    if (HasNodeAddress(peer) && peer.source_address && !own.contains(*peer.source_address)) return peer.source_address;
  const absl::StatusOr<IpAddress> router_id = IpAddress::Parse(status.router_id);
  if (!router_id.ok() || own.contains(*router_id)) return std::nullopt;
  if (std::none_of(peers.begin(), peers.end(), IsOfIpv4) || !MayBeOurs(*router_id, peers, addresses))
    return std::nullopt;
  const SocketsByPeer by_peer = sockets != nullptr ? SocketsByPeer(*sockets) : SocketsByPeer({});
  const bool elsewhere = std::any_of(peers.begin(), peers.end(), [&](const BgpPeer& peer) {
    return HasNodeAddress(peer) && SpeaksFromElsewhere(peer, own, by_peer);
  });
  return elsewhere ? std::nullopt : std::optional(*router_id);
}

}  // namespace caliwatch
