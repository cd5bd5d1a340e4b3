// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/analysis/bgp/peer_history.h"
#include "lib/analysis/bgp/route_attribution.h"
#include "lib/analysis/bgp/sessions.h"

namespace caliwatch {

struct PeerReport {
  Family family = Family::kIpv4;
  BgpPeer peer;
  std::optional<absl::Time> since;        // of the protocol's state; steady, though BIRD 1.x rounds it anew each time
  uint64_t flaps = 0;                     // times it left Established
  bool lost_lately = false;               // within a quarter of an hour, and not by a restart of our own BIRD
  std::optional<uint32_t> kernel_routes;  // of table main, that came from the peer; absent while routes cannot be read
  PeerDiagnosis diagnosis;                // why it is not up
  std::optional<BgpSocket> socket = {};   // absent: there is none, or sockets cannot be read
};

// What BIRD's configuration calls the peer (`description`). Empty: nothing, or what Calico gives to each peer alike.
std::string GivenName(const BgpPeer& peer);

// By family, then as BIRD lists them. `tally` is that of the routes.
std::vector<PeerReport> ReportPeers(const Sessions& sessions, const Table<Route>& routes, const RouteTally& tally,
                                    const PerFamily<RouteAttribution>& attribution, const PeerHistory& history,
                                    const FlapCounts& flaps);

}  // namespace caliwatch
