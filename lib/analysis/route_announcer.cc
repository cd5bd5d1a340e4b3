// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/route_announcer.h"

#include <algorithm>

namespace caliwatch {

void NameAnnouncers(const PerFamily<RouteAttribution>& attribution, const std::vector<PeerReport>& peers,
                    std::vector<WatchedRoute>& routes) {
  for (WatchedRoute& route : routes) {
    if (route.protocol != "bird" || route.hops.empty() || !route.hops.front().gateway) continue;
    const Family family = route.prefix.address.family;
    const absl::string_view protocol = attribution[family].ProtocolOf(route.prefix);
    const auto announced = [&](const PeerReport& report) {
      return report.family == family &&
             (protocol.empty() ? report.peer.address == route.hops.front().gateway : report.peer.name == protocol);
    };
    if (const auto peer = std::find_if(peers.begin(), peers.end(), announced); peer != peers.end())
      route.peer = peer->peer.DisplayName();
  }
}

}  // namespace caliwatch
