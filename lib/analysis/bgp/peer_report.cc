// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/peer_report.h"

#include <utility>

namespace caliwatch {
namespace {

std::vector<uint32_t> CountRoutes(const std::vector<Session>& sessions, const RouteAttribution& attribution,
                                  const std::vector<Route>& routes) {
  std::vector<const BgpPeer*> peers;
  peers.reserve(sessions.size());
  for (const Session& session : sessions) peers.push_back(session.peer);
  return attribution.Count(peers, routes);
}

}  // namespace

std::string GivenName(const BgpPeer& peer) {
  return peer.description == "Connection to BGP peer" ? "" : peer.description;
}

std::vector<PeerReport> ReportPeers(const Sessions& sessions, const Table<Route>& routes,
                                    const PerFamily<RouteAttribution>& attribution, const PeerHistory& history,
                                    const FlapCounts& flaps) {
  std::vector<PeerReport> reports;
  for (const Family family : kFamilies) {
    std::vector<uint32_t> counts;
    if (routes.ok() && !sessions[family].empty()) counts = CountRoutes(sessions[family], attribution[family], *routes);
    for (size_t i = 0; i < sessions[family].size(); ++i) {
      const Session& session = sessions[family][i];
      const PeerKey key{family, session.peer->name};
      PeerReport report{family,       *session.peer,    history.Since(key), 0, history.LostLately(key),
                        std::nullopt, session.diagnosis};
      if (session.socket != nullptr) report.socket = *session.socket;
      if (const auto counted = flaps.find(key); counted != flaps.end()) report.flaps = counted->second;
      if (routes.ok() && session.peer->address) report.kernel_routes = counts[i];
      reports.push_back(std::move(report));
    }
  }
  return reports;
}

}  // namespace caliwatch
