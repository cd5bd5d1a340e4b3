// SPDX-License-Identifier: Apache-2.0
#pragma once

// What checks need to know of earlier polls.

#include <map>
#include <set>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "lib/analysis/bgp/bgp_sockets.h"
#include "lib/analysis/bgp/config_history.h"
#include "lib/analysis/bgp/peer_history.h"
#include "lib/analysis/convergence/expectation.h"
#include "lib/analysis/evidence/endpoint_file_history.h"
#include "lib/analysis/evidence/felix_history.h"
#include "lib/analysis/routes/block_claims.h"
#include "lib/analysis/routes/link_traffic.h"
#include "lib/analysis/routes/node_reach.h"
#include "lib/analysis/routes/route_churn.h"
#include "lib/analysis/routes/unprogrammed_routes.h"
#include "lib/analysis/workloads/owner_history.h"
#include "lib/model/bird_view.h"
#include "lib/model/per_family.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

struct BirdRecollection {
  bool expected = false;  // this node runs BIRD for the family, answering or not
  // BIRD's whole table, of this poll or kept; never null. NotFound: nothing is in doubt.
  const Table<BirdRoute>* table = &NotAsked();
  std::optional<BootTime> answered = {};  // when BIRD gave that table; absent: at this poll
  // That the kernel lacks; nobody has said yet that they are no longer due, nor are they among `unprogrammed`.
  std::vector<ExpectedRoute> missing_routes;
  std::vector<UnprogrammedRoute> unprogrammed;  // by `table`; empty while that is not known, or BIRD recovers
  std::vector<BlockClaim> shared_blocks;        // BlockClaims::shared
  std::vector<std::string> silent_peers;        // protocols that are up again, but have announced nothing since
  std::vector<FlappingPeer> flapping_peers;
  std::map<std::string, IpAddress> last_source;  // PeerHistory::SourceAddresses
  std::optional<RepeatedEnds> restarts = {};     // of BIRD, where they are many
  ConfigSigns config;

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
// Makes what follows from BIRD's table and `missing`, all that the kernel lacks of what it had when all was well.
// `before` is what it found last.
void TakeBirdTable(const BirdView& seen, std::vector<ExpectedRoute> missing, UnprogrammedRoutesOfAnswer& before,
                   BirdRecollection& bird);

struct Recollection {
  PerFamily<BirdRecollection> birds = {};
  HeardSockets half_open_but_heard = {};
  OwnerHistory::Former former_owners = {};  // of interfaces that have no file now
  std::set<std::string> newcomers = {};     // OwnerHistory::newcomers
  FelixRecollection felix = {};
  std::vector<LinkTraffic> traffic = {};              // of tunnels and uplinks; empty while it cannot be read
  std::vector<RecurringRoute> recurring_routes = {};  // RouteChurn::Recurring
  std::set<Prefix> left_tunnel = {};                  // TunnelExits::bare
  // ReachHistory::unreached. NotFound: nobody asks other nodes, or nobody has yet.
  absl::StatusOr<std::vector<UnreachedNode>> unreached = absl::NotFoundError("no other node is asked");
  std::optional<absl::Duration> cni_file_age = {};  // FileAge of CniKubeconfig::written; absent: nobody follows it
};

}  // namespace caliwatch
