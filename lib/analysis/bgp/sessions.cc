// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/sessions.h"

#include "lib/analysis/bgp/bgp_sockets.h"
#include "lib/analysis/bgp/own_address.h"

namespace caliwatch {
namespace {

// A connection that ends from an address that is gone says nothing of what BIRD does now.
bool IsRemnant(const BgpSocket& socket, const OwnAddresses* own) {
  const bool lives = socket.state == TcpState::kEstablished || socket.state == TcpState::kSynSent ||
                     socket.state == TcpState::kSynReceived;
  return !lives && own != nullptr && !own->contains(socket.local);
}

const BgpSocket* SocketOf(const BgpPeer& peer, const OwnAddresses* own, const SocketsByPeer& sockets) {
  const BgpSocket* socket = peer.address ? sockets.Towards(*peer.address) : nullptr;
  return socket != nullptr && IsRemnant(*socket, own) ? nullptr : socket;
}

}  // namespace

Sessions SessionsOf(const Snapshot& snapshot) {
  const std::vector<Address>* addresses = snapshot.addresses.ok() ? &*snapshot.addresses : nullptr;
  const std::vector<BgpSocket>* sockets = snapshot.bgp_sockets.ok() ? &*snapshot.bgp_sockets : nullptr;
  const OwnAddresses own = addresses != nullptr ? OwnAddressesOf(*addresses) : OwnAddresses();
  const SocketsByPeer by_peer = sockets != nullptr ? SocketsByPeer(*sockets) : SocketsByPeer({});
  Sessions sessions;
  for (const Family family : kFamilies) {
    const Bird& bird = snapshot.birds[family];
    if (!bird.peers.ok() || !bird.status.ok()) continue;
    SessionSurroundings around{.addresses = addresses != nullptr ? &own : nullptr};
    if (addresses != nullptr) around.lost_source = LostSource(*bird.status, *bird.peers, *addresses, sockets);
    sessions[family].reserve(bird.peers->size());
    for (const BgpPeer& peer : *bird.peers) {
      around.socket = SocketOf(peer, around.addresses, by_peer);
      sessions[family].push_back({&peer, Diagnose(peer, around), around.socket});
    }
  }
  return sessions;
}

}  // namespace caliwatch
