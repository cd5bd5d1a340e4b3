// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "lib/analysis/bgp/peer_report.h"
#include "lib/analysis/routes/watched_routes.h"

namespace caliwatch {

// Fills in which of `peers` announced each of BIRD's routes: by BIRD's table where that was needed to tell, else by the
// first gateway. Others keep none.
void NameAnnouncers(const PerFamily<RouteAttribution>& attribution, const std::vector<PeerReport>& peers,
                    std::vector<WatchedRoute>& routes);

}  // namespace caliwatch
