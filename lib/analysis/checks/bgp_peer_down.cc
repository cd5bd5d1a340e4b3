// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/bgp/bgp_sockets.h"
#include "lib/analysis/findings/check.h"

namespace caliwatch {
namespace {

// BIRD waits for 2 s before it calls a peer that it was started or configured with, and for 5 s before it calls again.
constexpr absl::Duration kConnecting = absl::Seconds(10);

bool IsConnecting(const BgpPeer& peer, const BirdStatus& status) {
  if (status.uptime && *status.uptime < kConnecting) return true;
  const bool is_new = peer.age && status.since_reconfiguration && *peer.age <= *status.since_reconfiguration;
  return is_new && *status.since_reconfiguration < kConnecting;
}

// Without the node's addresses a diagnosis may miss the cause of all.
std::vector<Finding> DownPeers(const BirdEvidence& bird, const std::vector<Address>&, const Sessions& sessions) {
  std::vector<Finding> findings;
  for (const auto& [peer, diagnosis, socket] : sessions[bird.now.family]) {
    // A session that only recovery holds back is not lost: BIRD's own recovery is what to report then.
    if (diagnosis.cause == PeerCause::kNone || diagnosis.cause == PeerCause::kHeldBack) continue;
    if (IsConnecting(*peer, *bird.now.status)) continue;
    findings.push_back(PeerFinding(
        *peer, bird.now.family,
        absl::StrCat(diagnosis.detail, socket == nullptr ? "" : absl::StrCat(" (", SocketText(*socket), ")")),
        diagnosis.remedy));
  }
  return findings;
}

const RegisterCheck registered(
    {
        .name = "bgp_peer_down",
        .severity = Severity::kCritical,
        .summary = "A BGP session of this node is not established.",
        .impact = "This node and the peer do not exchange routes: pods here cannot reach pods there, unless a route "
                  "reflector or another path carries their routes.",
        .meaning = "After a restart of BIRD, a peer that is down also holds back every route for up to 240 seconds.",
        .remedy = "Follow the cause that the finding names; birdcl: show protocols all NAME has BIRD's own words.",
        .causes = {{"bgp_source_address_not_local"}, {"node_address_wrong"}, {"peer_path_one_way"}},
    },
    JudgeEachBird(DownPeers));

}  // namespace
}  // namespace caliwatch
