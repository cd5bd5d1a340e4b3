// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/sessions.h"

#include "lib/analysis/bgp/bgp_sockets.h"

namespace caliwatch {

Sessions SessionsOf(const Snapshot& snapshot) {
  const std::vector<Address>* addresses = snapshot.addresses.ok() ? &*snapshot.addresses : nullptr;
  Sessions sessions;
  for (const Family family : kFamilies) {
    const Bird& bird = snapshot.birds[family];
    if (!bird.peers.ok() || !bird.status.ok()) continue;
    for (const BgpPeer& peer : *bird.peers) {
      const bool findable = peer.address && snapshot.bgp_sockets.ok();
      sessions[family].push_back({&peer, Diagnose(peer, *bird.status, addresses),
                                  findable ? SocketTowards(*peer.address, *snapshot.bgp_sockets) : nullptr});
    }
  }
  return sessions;
}

}  // namespace caliwatch
