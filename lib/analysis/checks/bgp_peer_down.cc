// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/bgp/bgp_sockets.h"
#include "lib/analysis/bgp/peer_cause.h"
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

std::vector<Finding> DownPeers(const BirdStatus& status, const std::vector<BgpPeer>& peers,
                               const std::vector<Address>& addresses) {
  std::vector<Finding> findings;
  for (const BgpPeer& peer : peers) {
    const PeerDiagnosis diagnosis = Diagnose(peer, status, &addresses);
    // A session that only recovery holds back is not lost: BIRD's own recovery is what to report then.
    if (diagnosis.cause == PeerCause::kNone || diagnosis.cause == PeerCause::kHeldBack) continue;
    if (IsConnecting(peer, status)) continue;
    findings.push_back(
        {peer.address ? peer.address->ToString() : peer.name, diagnosis.detail, std::string(diagnosis.remedy)});
  }
  return findings;
}

void AddTcp(const std::vector<BgpSocket>& sockets, std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    const absl::StatusOr<IpAddress> peer = IpAddress::Parse(finding.subject);
    const BgpSocket* socket = peer.ok() ? SocketTowards(*peer, sockets) : nullptr;
    if (socket != nullptr) absl::StrAppend(&finding.detail, " (", TextOf(*socket), ")");
  }
}

Judgement PeersDown(const Snapshot& snapshot) {
  Judgement judgement = OnBirds(DownPeers)(snapshot);
  if (judgement.ok() && snapshot.bgp_sockets.ok()) AddTcp(*snapshot.bgp_sockets, *judgement);
  return judgement;
}

const RegisterCheck registered({
    .name = "bgp_peer_down",
    .severity = Severity::kCritical,
    .summary = "A BGP session of this node is not established.",
    .impact = "This node and the peer do not exchange routes: pods here cannot reach pods there, unless a route "
              "reflector or another path carries their routes.",
    .meaning = "After a restart of BIRD, a peer that is down also holds back every route for up to 240 seconds.",
    .remedy = "Follow the cause that the finding names; birdcl: show protocols all NAME has BIRD's own words.",
    .run = PeersDown,
});

}  // namespace
}  // namespace caliwatch
