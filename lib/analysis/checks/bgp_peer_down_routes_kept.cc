// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/bgp/down_peers.h"
#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/peer_commands.h"
#include "lib/analysis/routes/felix_routes.h"

namespace caliwatch {
namespace {

std::string UntilText(const BgpPeer& peer, absl::Time now) {
  if (!peer.restart_remaining) return "until BIRD gives up waiting for it";
  const absl::string_view format = "%H:%M:%S UTC";
  return absl::StrCat("until ", absl::FormatTime(format, now + *peer.restart_remaining, absl::UTCTimeZone()), ", for ",
                      absl::ToInt64Seconds(*peer.restart_remaining), " s more");
}

constexpr absl::string_view kFelixLeads =
    "nothing between pods: Felix, not BIRD, leads this node's routes to other nodes' pods. What only BGP tells goes: "
    "routers outside the cluster learn of pods by their other sessions alone.";

// Without the node's addresses a diagnosis may miss the cause of all.
std::vector<Finding> DownYetReached(const BirdEvidence& bird, const std::vector<Address>&, const Sessions& sessions,
                                    const absl::StatusOr<RemoteNodes>& nodes, const Table<Route>& routes) {
  const Family family = bird.now.family;
  const std::vector<const Session*> down = DownSessions(sessions[family], *bird.now.status);
  if (down.empty()) return {};
  const bool felix_leads = nodes.ok() && routes.ok() && FelixLeadsRoutes(family, *nodes, *routes);
  std::vector<Finding> findings;
  for (const Session* session : down) {
    const BgpPeer& peer = *session->peer;
    const bool led = felix_leads && peer.kind == PeerKind::kMesh;
    if (!led && !AreRoutesKept(peer)) continue;
    const std::string why = led ? "; Felix leads the routes to its pods, which stay"
                                : absl::StrCat("; its routes stay in use ", UntilText(peer, bird.now.wall));
    Finding finding = PeerFinding(peer, family, absl::StrCat(DownText(*session), why), session->diagnosis.remedy);
    if (led) finding.impact = absl::StrCat("At present ", kFelixLeads);
    findings.push_back(std::move(finding));
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) { return CommandsForSession(finding, evidence); }

const RegisterCheck registered(
    {
        .name = "bgp_peer_down_routes_kept",
        .severity = Severity::kWarning,
        .summary = "A BGP session of this node is not established; routes to the peer's pods are still in use.",
        .impact = "Nothing yet: packets go on as before. Routes that change there are not followed here, and if the "
                  "peer is not back in time, all its routes go.",
        .meaning = "A peer whose BIRD went without a farewell (killed, crashed, its connection reset) is expected "
                   "back: BIRD keeps its routes, for 120 seconds by default, which is graceful restart. That is how "
                   "calico-node restarts in an update. Or Felix leads the routes between nodes (VXLAN; IPIP from "
                   "Calico 3.33 on), and BGP only tells others of them.",
        .remedy =
            "See whether calico-node on the peer's node comes back; else follow the cause that the finding names.",
        .time_to_hold = absl::Seconds(25),  // calico-node takes 3 to 22 s to restart
        .causes = {{"bgp_source_address_not_local"},
                   {"bgp_peers_share_cause"},
                   {"peer_path_one_way"},
                   {"bird_configuration_old"},
                   {"peer_flapping"}},
        .says = "is down; its routes are still in use",
    },
    JudgeEachBird(DownYetReached), CommandsOf);

}  // namespace
}  // namespace caliwatch
