// SPDX-License-Identifier: Apache-2.0
#pragma once

// Whether the address that BIRD speaks BGP from is still this node's.

#include <optional>
#include <vector>

#include <absl/container/flat_hash_set.h>

#include "lib/model/bgp_socket.h"
#include "lib/model/bird.h"
#include "lib/model/kernel.h"

namespace caliwatch {

// An interface of this node has it.
bool IsLocal(const IpAddress& wanted, const std::vector<Address>& addresses);
// The same for many: kube-proxy's IPVS gives a node the address of each service.
using OwnAddresses = absl::flat_hash_set<IpAddress>;
OwnAddresses OwnAddressesOf(const std::vector<Address>& addresses);

// The network that an address of this node is in; its host bits are those of the address.
Prefix NetworkOf(const Address& address);

// The address that the BIRD with `status` and `peers` speaks from and that no interface has; absent while nothing shows
// that. While a session is up BIRD names it. Afterwards only its Router ID is left, which with Calico is the node's
// IPv4 address, a hash of the node's name, or set by hand: it counts only where it may be an address of these networks,
// and nothing shows that BIRD's packets leave from elsewhere: a socket, a call under way, an answer of a peer.
// `sockets` are null where they could not be read.
std::optional<IpAddress> LostSource(const BirdStatus& status, const std::vector<BgpPeer>& peers,
                                    const std::vector<Address>& addresses, const std::vector<BgpSocket>* sockets);

}  // namespace caliwatch
