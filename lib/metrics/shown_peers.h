// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "lib/analysis/report.h"

namespace caliwatch {

// Which peers get series of their own, and how many. kAuto: all of them caliwatch_bgp_peer_up and _info, and all series
// those of other kinds than mesh and those with a problem. kAll: all peers all series. kProblems: those that are down
// or have a problem, and the others none.
enum class PeerDetail { kAuto, kAll, kProblems, kNone };

// No more peers than these get more series for being down, no more for a problem, and no more for being of another
// kind: else a cluster's Prometheus would grow with the square of its nodes when the network between them fails.
inline constexpr size_t kDetailedPeers = 200;

// Pointers into the report; ordered by family, name and kind.
struct ShownPeers {
  std::vector<const PeerReport*> listed;    // have caliwatch_bgp_peer_up and _info
  std::vector<const PeerReport*> stated;    // of these: their state, too, and since when
  std::vector<const PeerReport*> detailed;  // of these: all series
};

// Of a BIRD that has not answered lately, none. Stated is what is down. A problem has a session that is down, was lost
// within a quarter of an hour, or waits for TCP's answer, or that a check names. Those that BIRD's own start or
// recovery keeps down have none, unless a check names them. What is told of a session thus depends on its own state
// alone.
ShownPeers ChoosePeers(const Report& report, PeerDetail detail);

}  // namespace caliwatch
