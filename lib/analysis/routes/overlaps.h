// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include <absl/container/flat_hash_set.h>

#include "lib/model/link_index.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// What a block of pod addresses lies across.
enum class OverlapKind : uint8_t {
  kPeer,     // it holds the address of a BGP peer, or of another node
  kGateway,  // it holds the gateway of a default route
  kNetwork,  // it and a network of this host's interfaces hold the same addresses
};

struct Overlap {
  Prefix block;
  OverlapKind kind = OverlapKind::kNetwork;
  std::optional<IpAddress> address = {};  // kPeer, kGateway
  std::optional<Prefix> network = {};     // kNetwork
  int link = 0;                           // of the network

  bool operator==(const Overlap&) const = default;
};

// Of blocks in the kernel, this node's, Felix' and those by way of `mesh`, nodes of BGP's mesh: the first of each block
// in the order above. Single addresses are no blocks, nor are the hosts' networks that routers announce; the networks
// of workloads' interfaces and tunnels are no host's. `nodes` are peers and other nodes.
std::vector<Overlap> OverlapsOf(const std::vector<Route>& routes, const LinkIndex& links,
                                const std::vector<IpAddress>& nodes, const absl::flat_hash_set<IpAddress>& mesh);

}  // namespace caliwatch
