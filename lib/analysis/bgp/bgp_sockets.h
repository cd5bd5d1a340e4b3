// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "lib/model/bgp_socket.h"

namespace caliwatch {

// The socket of the session with `peer`: a connected one before one that is being opened, and of several the one in
// most trouble. Null: there is none.
const BgpSocket* SocketTowards(const IpAddress& peer, const std::vector<BgpSocket>& sockets);

// What the socket tells beside BIRD's words, one clause, as "TCP: SYN_SENT, sent again 3 times, no answer".
std::string TextOf(const BgpSocket& socket);

// Marks the sockets that have received anything since they began to send again what nobody acknowledges; `before` is of
// the poll before.
void MarkHeard(const std::vector<BgpSocket>& before, std::vector<BgpSocket>& now);

}  // namespace caliwatch
