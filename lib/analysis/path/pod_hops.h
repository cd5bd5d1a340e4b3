// SPDX-License-Identifier: Apache-2.0
#pragma once

// The hops at a pod of this node.

#include <optional>

#include "lib/analysis/path/path.h"
#include "lib/analysis/path/path_evidence.h"

namespace caliwatch {

// The node's end of its veth. `pod` is of EndPlace::kPod, as everywhere here.
Hop InterfaceHop(const PathEnd& pod, const PathEvidence& evidence);
// Who answers for the pod's gateway, and what the pod knows of it where it was looked into.
Hop GatewayHop(const PathEnd& pod, const PathEvidence& evidence);
// The kernel's check of where a packet comes from. Absent: it passes, or there is none, as for IPv6.
std::optional<Hop> SourceHop(const PathEnd& pod, const PathEvidence& evidence);
// The same of what comes from elsewhere by an interface. Absent: it passes.
std::optional<Hop> ForeignSourceHop(const PathEnd& from, const Link& link, const PathEvidence& evidence);
// Whether the kernel passes on what comes in by an interface.
Hop ForwardingHop(const Link& link, Family family, const PathEvidence& evidence);
// Who answers for the pod's address at its veth.
Hop NeighborHop(const PathEnd& pod, const PathEvidence& evidence);

// The entry for an address at a link; null: there is none. `neighbors` can be read.
const Neighbor* NeighborAt(const IpAddress& address, int link, const std::vector<Neighbor>& neighbors);
// "ee:ee:ee:ee:ee:ee, reachable".
std::string NeighborText(const Neighbor& neighbor);

// Null: there is none of that name.
const Link* LinkOf(absl::string_view name, const PathEvidence& evidence);

}  // namespace caliwatch
