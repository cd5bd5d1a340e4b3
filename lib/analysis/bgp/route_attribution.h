// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/string_view.h>

#include "lib/analysis/routes/route_tally.h"
#include "lib/model/bird_view.h"
#include "lib/model/per_edition.h"

namespace caliwatch {

// Which peer the kernel's routes came from. In a full mesh a route's gateway is the peer that announced it; from a
// route reflector the gateway is the announcing node, and only BIRD's own table says by whom it came.
class RouteAttribution {
 public:
  // Takes one poll into account, `tally` being that of its routes, and `answer` what it brought of BIRD's table.
  void Follow(const BirdView& seen, const RouteTally& tally, const Table<BirdRoute>& answer);

  // For the next poll: some gateway is no peer, and BIRD's table may have changed since it was asked.
  bool ask_bird_routes() const { return ask_; }

  // Of BIRD's best route to it, where its table was needed to tell; else empty: its gateway is the peer.
  absl::string_view ProtocolOf(const Prefix& destination) const;

  // How many of `routes`, of table main, came from each of the peers, in their order. `tally` is that of the routes.
  std::vector<uint32_t> Count(const std::vector<const BgpPeer*>& peers, const std::vector<Route>& routes,
                              const RouteTally& tally) const;

 private:
  bool ask_ = false;
  PerEdition<size_t> routes_;  // a hash of those from BIRD
  std::optional<BootTime> asked_;
  std::optional<size_t> asked_for_;                    // a hash of what the last answer was about; absent: it failed
  absl::flat_hash_map<Prefix, std::string> protocol_;  // of BIRD's best routes; empty while gateways say it all
};

}  // namespace caliwatch
