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
#include "lib/analysis/evidence/endpoint_file_history.h"
#include "lib/analysis/evidence/felix_history.h"
#include "lib/analysis/routes/link_traffic.h"
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
  std::optional<RepeatedEnds> restarts = {};     // of BIRD, where they are many

  static const Table<BirdRoute>& NotAsked();
};

// For so long a loaded node's Felix needs to follow a pod that ended: 22 s were seen.
inline constexpr absl::Duration kFelixCatchesUp = absl::Seconds(25);

struct FelixRecollection {
  // Its port has said how Felix is, or it must be Felix who is silent there; and now it is not ready.
  bool is_away = false;
  bool answered = false;                      // RememberedFelix::answered
  std::optional<absl::Duration> lasted = {};  // FelixHistory::Lasted
  std::optional<RepeatedEnds> ends = {};      // where they are many
  EndpointFileHistory::Doubts doubts = {};    // about its files

  // Its files may tell of what has been: it is away, or has not had the time to write them anew.
  bool IsBehind() const;
};

// The one thing in doubt is an interface that is gone, while Felix is well, and it is one that writes files: then it is
// not the files that are wrong.
bool IsLoneLoss(const EndpointFiles& files, const FelixRecollection& felix);

struct Recollection {
  PerFamily<BirdRecollection> birds = {};
  HeardSockets half_open_but_heard = {};
  OwnerHistory::Former former_owners = {};  // of interfaces that have no file now
  std::set<std::string> newcomers = {};     // OwnerHistory::newcomers
  FelixRecollection felix = {};
  std::vector<LinkTraffic> traffic = {};  // of tunnels and uplinks; empty while it cannot be read
};

}  // namespace caliwatch
