// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "lib/analysis/bgp/bird_counts.h"
#include "lib/analysis/bgp/peer_history.h"
#include "lib/analysis/convergence/convergence.h"
#include "lib/analysis/evidence/endpoint_file_history.h"
#include "lib/analysis/evidence/felix_history.h"
#include "lib/analysis/evidence/recent_ends.h"
#include "lib/analysis/findings/finding_history.h"
#include "lib/analysis/routes/node_reach.h"
#include "lib/analysis/workloads/owner_history.h"
#include "lib/model/per_family.h"

namespace caliwatch {

// What must outlive the process; the agent's state file holds it.
struct PersistentState {
  PerFamily<ConvergenceState> convergence;
  PerFamily<BirdCounts> bird_counts;
  FlapCounts flaps;
  RememberedPeers peers = {};
  PerFamily<bool> bird_expected = {};  // this node runs BIRD for the family, answering or not
  PerFamily<RecentEnds> bird_restarts = {};
  RememberedFelix felix = {};
  std::optional<EndpointFileHistory::Since> file_doubts = {};  // absent: nobody has looked
  OwnerHistory::Former former_owners = {};                     // of interfaces that are there and have no file
  std::vector<UnreachedNode> unreached = {};                   // as when it was judged last
  OpenSince findings;
};

}  // namespace caliwatch
