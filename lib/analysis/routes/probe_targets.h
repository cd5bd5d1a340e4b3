// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which agents of other nodes to ask, and where.

#include <map>
#include <optional>
#include <vector>

#include "lib/analysis/routes/remote_nodes.h"
#include "lib/analysis/routes/route_lookup.h"
#include "lib/model/link_index.h"
#include "lib/model/node_probe.h"
#include "lib/model/per_family.h"

namespace caliwatch {

// By the node's address, which addresses its tunnels have, as its agent says.
using TunnelClaims = std::map<IpAddress, std::vector<IpAddress>>;

// Of two nodes that know each other by these addresses, one asks, and both come to the same of it; over all pairs of a
// cluster, each asks about half of the others.
bool AsksFirst(const IpAddress& own, const IpAddress& other);

// Each node once, ordered by address. Only those that the kernel leads to by a tunnel, and peers of BIRD's mesh:
// another gateway may be a router. VXLAN's other ends the kernel knows; IPIP's have to say their address, which counts
// only where the kernel would send packets to it to that node, through the tunnel. `own`: as the others know this node;
// where that is not known, it asks all.
std::vector<ProbeTarget> ProbeTargetsOf(const RemoteNodes& nodes, const PerFamily<std::optional<IpAddress>>& own,
                                        const TunnelClaims& claims, const RouteLookup& lookup, const LinkIndex& links);

}  // namespace caliwatch
