// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/peer_report.h"

#include <utility>

namespace caliwatch {
namespace {

std::vector<uint32_t> CountRoutes(const std::vector<Session>& sessions, const RouteAttribution& attribution,
                                  const std::vector<Route>& routes, const RouteTally& tally) {
  std::vector<const BgpPeer*> peers;
  peers.reserve(sessions.size());
  for (const Session& session : sessions) peers.push_back(session.peer);
  return attribution.Count(peers, routes, tally);
}

}  // namespace

std::string GivenName(const BgpPeer& peer) {
  return peer.description == "Connection to BGP peer" ? "" : peer.description;
}

std::vector<PeerReport> ReportPeers(const Sessions& sessions, const Table<Route>& routes, const RouteTally& tally,
                                    const PerFamily<RouteAttribution>& attribution, const PeerHistory& history,
                                    const FlapCounts& flaps) {
  std::vector<PeerReport> reports;
  reports.reserve(sessions[Family::kIpv4].size() + sessions[Family::kIpv6].size());
  for (const Family family : kFamilies) {
    std::vector<uint32_t> counts;
    if (routes.ok() && !sessions[family].empty())
      counts = CountRoutes(sessions[family], attribution[family], *routes, tally);
    for (size_t i = 0; i < sessions[family].size(); ++i) {
      const Session& session = sessions[family][i];
      const PeerKey key{family, session.peer->name};
      PeerReport& report = reports.emplace_back();
      report.family = family;
      report.peer = *session.peer;
      report.since = history.Since(key);
      report.lost_lately = history.LostLately(key);
      report.diagnosis = session.diagnosis;
      if (session.socket != nullptr) report.socket = *session.socket;
      if (const auto counted = flaps.find(key); counted != flaps.end()) report.flaps = counted->second;
      if (routes.ok() && session.peer->address) report.kernel_routes = counts[i];
    }
  }
  return reports;
}

}  // namespace caliwatch
