// SPDX-License-Identifier: Apache-2.0
#pragma once

// The hops that decide where a packet goes.

#include <optional>
#include <vector>

#include "lib/analysis/path/path.h"
#include "lib/analysis/path/path_evidence.h"

namespace caliwatch {

// "table main (rule 32766)".
Hop RulesHop(const RouteDecision& decision, Family family, const PathEvidence& evidence);
// Of a packet to `to`, an end that is not this node.
Hop RouteHop(const RouteDecision& decision, const PathEnd& to, const PathEvidence& evidence);
// Absent: BIRD did not make the route.
std::optional<Hop> PeerHop(const Route& route, const PathEvidence& evidence);

// Calico's own way to another node's pods.
bool IsBlockRoute(const Route& route, const PathEvidence& evidence);
// "10.39.1.0/24 on eth0, the kernel's".
std::string RouteText(const Route& route, const PathEvidence& evidence);

}  // namespace caliwatch
