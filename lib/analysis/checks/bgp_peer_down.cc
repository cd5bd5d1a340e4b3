// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/bgp/down_peers.h"
#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/peer_commands.h"
#include "lib/analysis/routes/felix_routes.h"

namespace caliwatch {
namespace {

std::string ImpactOf(const BgpPeer& peer, Family family) {
  const absl::string_view name = family == Family::kIpv4 ? "IPv4" : "IPv6";
  if (peer.kind == PeerKind::kMesh)
    return absl::StrCat("This node and the peer's exchange no ", name, " routes: over ", name,
                        ", pods here and pods there do not reach each other.");
  return absl::StrCat("This node gets none of the ", name,
                      " routes that the peer tells, and the peer none of this node's: a route reflector's are those of "
                      "all nodes, a router's those of what is behind it, unless another peer tells the same.");
}

// Without the node's addresses a diagnosis may miss the cause of all.
std::vector<Finding> DownPeers(const BirdEvidence& bird, const std::vector<Address>&, const Sessions& sessions,
                               const absl::StatusOr<RemoteNodes>& nodes, const Table<Route>& routes) {
  const Family family = bird.now.family;
  const std::vector<const Session*> down = DownSessions(sessions[family], *bird.now.status);
  if (down.empty()) return {};
  const bool felix_leads = nodes.ok() && routes.ok() && FelixLeadsRoutes(family, *nodes, *routes);
  std::vector<Finding> findings;
  for (const Session* session : down) {
    const BgpPeer& peer = *session->peer;
    if (AreRoutesKept(peer) || (felix_leads && peer.kind == PeerKind::kMesh)) continue;
    Finding finding = PeerFinding(peer, family, DownText(*session), session->diagnosis.remedy);
    finding.impact = ImpactOf(peer, family);
    findings.push_back(std::move(finding));
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) { return CommandsForSession(finding, evidence); }

const RegisterCheck registered(
    {
        .name = "bgp_peer_down",
        .severity = Severity::kCritical,
        .summary = "A BGP session of this node is not established.",
        .impact = "This node and the peer do not exchange routes: pods here cannot reach pods there, unless a route "
                  "reflector or another path carries their routes.",
        .meaning = "After a restart of BIRD, a peer that is down also holds back every route for up to 240 seconds. A "
                   "peer whose routes are in use all the same is bgp_peer_down_routes_kept.",
        .remedy = "Follow the cause that the finding names; birdcl: show protocols all NAME has BIRD's own words.",
        .causes = {{"bgp_source_address_not_local"},
                   {"node_address_wrong"},
                   {"bgp_peers_share_cause"},
                   {"peer_path_one_way"},
                   {"bird_configuration_old"},
                   {"peer_flapping"}},
        .says = "is down",
    },
    JudgeEachBird(DownPeers), CommandsOf);

}  // namespace
}  // namespace caliwatch
