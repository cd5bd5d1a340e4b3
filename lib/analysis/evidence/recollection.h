// SPDX-License-Identifier: Apache-2.0
#pragma once

// What checks need to know of earlier polls.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lib/analysis/bgp/bgp_sockets.h"
#include "lib/analysis/bgp/peer_history.h"
#include "lib/analysis/convergence/expectation.h"
#include "lib/analysis/workloads/owner_history.h"
#include "lib/model/per_family.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

struct BirdRecollection {
  bool expected = false;  // this node runs BIRD for the family, answering or not
  // BIRD's whole table, of this poll or kept; never null. NotFound: nothing is in doubt.
  const Table<BirdRoute>* table = &NotAsked();
  std::vector<ExpectedRoute> missing_routes;  // that the kernel lacks; nobody has said yet that they are no longer due
  std::vector<std::string> silent_peers;      // protocols that are up again, but have announced nothing since
  std::vector<FlappingPeer> flapping_peers;
  std::map<std::string, IpAddress> last_source;  // PeerHistory::SourceAddresses

  static const Table<BirdRoute>& NotAsked();
};

struct Recollection {
  PerFamily<BirdRecollection> birds = {};
  HeardSockets half_open_but_heard = {};
  OwnerHistory::Former former_owners = {};  // of interfaces that have no file now
  std::set<std::string> newcomers = {};     // OwnerHistory::newcomers
  bool felix_answered = false;              // at its health port, to an earlier poll or this one
};

}  // namespace caliwatch
