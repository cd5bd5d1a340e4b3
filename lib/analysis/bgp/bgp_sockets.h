// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include "lib/model/kernel_tables.h"

namespace caliwatch {

// Finds the socket of each session. Leads into `sockets`.
class SocketsByPeer {
 public:
  explicit SocketsByPeer(const std::vector<BgpSocket>& sockets);

  // A connected one before one that is being opened, and of several the one in most trouble. What is over is no socket
  // any more. Null: there is none.
  const BgpSocket* Towards(const IpAddress& peer) const;

 private:
  absl::flat_hash_map<IpAddress, const BgpSocket*> best_;
};

// It listens, and takes nobody in any more. The kernel lets one more wait than listen() was told.
bool IsQueueFull(const BgpSocket& socket);

// What the socket adds to BIRD's words, one clause, as "TCP: SYN_SENT, sent again 3 times, no answer".
std::string SocketText(const BgpSocket& socket);

// Sockets, by their cookies, whose other end is heard while it acknowledges nothing: something came in since they began
// to send again what is unanswered.
using HeardSockets = absl::flat_hash_set<uint64_t>;

// Follows sockets from poll to poll.
class SocketHistory {
 public:
  // Empty while sockets cannot be read.
  HeardSockets Follow(const Table<BgpSocket>& now);

 private:
  std::vector<BgpSocket> waiting_;  // those that sent something again, as they were read last
  HeardSockets heard_;              // of these
};

}  // namespace caliwatch
