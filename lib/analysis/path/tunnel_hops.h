// SPDX-License-Identifier: Apache-2.0
#pragma once

// The hops between this node and another one.

#include <optional>
#include <vector>

#include "lib/analysis/path/path.h"
#include "lib/analysis/path/path_evidence.h"

namespace caliwatch {

// Hops that lead away from this node, and where they end.
struct Departure {
  std::vector<Hop> hops;
  // The node that packets come to. Absent: it is not known, as behind WireGuard, or the way ends before.
  std::optional<IpAddress> node = {};
};

// Of a packet to `to` that `route` takes, which leads to no pod of this node and refuses nothing.
Departure DepartBy(const Route& route, const IpAddress& to, const PathEvidence& evidence);

// What packets from another node pass when they come in, as far as this node shows it: by the tunnel, or the interface,
// that leads there.
std::vector<Hop> ArriveBy(const Link& link, Family family, const PathEvidence& evidence);
// Of packets to pods here that seem to come in past any tunnel: it may be that the other node sends them by one that is
// down or missing here, of which the kernel shows nothing any more. Absent: no check misses one.
std::optional<Hop> LostTunnelHop(Family family, const PathEvidence& evidence);

}  // namespace caliwatch
