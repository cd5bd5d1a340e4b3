// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "lib/model/snapshot.h"

namespace caliwatch {

// On which TCP ports this node's BGP sessions are: 179, unless listenPort or a BGPPeer's port says otherwise. BIRD does
// not tell; a session that is up and has no socket on a port that is known shows that there is another one.
class SessionPorts {
 public:
  // Takes one poll into account.
  void Follow(const Snapshot& seen);

  // For the next poll: the ports whose sockets to read; empty: all, to find the ports.
  const std::vector<uint16_t>& wanted() const { return wanted_; }

 private:
  void Learn(const BgpSocket& socket);

  std::set<uint16_t> ports_ = {kBgpPort};
  std::vector<uint16_t> wanted_ = {kBgpPort};
  std::optional<BootTime> searched_;
};

}  // namespace caliwatch
