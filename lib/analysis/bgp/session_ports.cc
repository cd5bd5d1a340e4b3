// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/session_ports.h"

#include <algorithm>

#include <absl/container/flat_hash_set.h>

namespace caliwatch {
namespace {

constexpr size_t kMostPorts = 8;
constexpr absl::Duration kSearchAgain = absl::Minutes(1);

absl::flat_hash_set<IpAddress> PeersThatAreUp(const Snapshot& seen) {
  absl::flat_hash_set<IpAddress> peers;
  for (const Bird& bird : seen.birds)
    if (bird.peers.ok())
      for (const BgpPeer& peer : *bird.peers)
        if (peer.IsUp() && peer.address) peers.insert(*peer.address);
  return peers;
}

}  // namespace

// The other end's port is one that the kernel chose, as a rule the larger.
void SessionPorts::Learn(const BgpSocket& socket) {
  if (ports_.count(socket.local_port) != 0 || ports_.count(socket.remote_port) != 0) return;
  if (ports_.size() < kMostPorts) ports_.insert(std::min(socket.local_port, socket.remote_port));
}

void SessionPorts::Follow(const Snapshot& seen) {
  if (!seen.bgp_sockets.ok()) return;
  absl::flat_hash_set<IpAddress> without = PeersThatAreUp(seen);
  for (const BgpSocket& socket : *seen.bgp_sockets)
    if (socket.state == TcpState::kEstablished && without.erase(socket.remote) != 0) Learn(socket);
  const bool search = !without.empty() && (!searched_ || seen.boot_time - *searched_ >= kSearchAgain);
  if (search) searched_ = seen.boot_time;
  wanted_.clear();
  if (!search) wanted_.assign(ports_.begin(), ports_.end());
}

}  // namespace caliwatch
