// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a route of table main is to Calico; all others are none of these.

#include "lib/analysis/routes/prefix_set.h"
#include "lib/model/kernel.h"
#include "lib/model/link_index.h"

namespace caliwatch {

// Made by BIRD or Felix, by way of a gateway: another node's block, or one borrowed address of it.
bool IsRemoteBlock(const Route& route);
// The same, and what Felix makes by its VXLAN device, under the protocol "boot" that others use as well.
bool IsRemoteBlock(const Route& route, const LinkIndex& links);
// Made by BIRD or Felix to end what no workload of this node's own block takes: a blackhole.
bool IsLocalBlock(const Route& route);
// What BIRD writes for a destination of which it has a route, and to whose next hop it has none: the kernel answers
// "unreachable". BIRD's routes of its own in Calico's configuration are blackholes.
bool IsUnreachableByBird(const Route& route);
// Whether IPAM of Calico cuts blocks of that size: 20 to 31 bits for IPv4, 116 to 127 for IPv6; those of one address
// look like any host's.
bool MayBeBlock(const Prefix& prefix);
// The blocks of addresses that are this node's own, in the order of `routes`. None with host-local IPAM, nor for blocks
// of one address.
struct LocalBlocks {
  explicit LocalBlocks(const std::vector<Route>& routes);
  bool Contain(const IpAddress& address) const;

  std::vector<Prefix> blocks;

 private:
  PrefixSet set_;  // of these
};
// One address, at a workload's interface.
bool IsWorkloadRoute(const Route& route, const LinkIndex& links);

}  // namespace caliwatch
