// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/bgp/down_peers.h"
#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/peer_commands.h"

namespace caliwatch {
namespace {

// A virtual machine boots, and its BGP program after that.
constexpr absl::Duration kStarting = absl::Minutes(10);

std::vector<Finding> DownWorkloads(const BirdEvidence& bird, const Sessions& sessions) {
  std::vector<Finding> findings;
  for (const Session& session : sessions[bird.now.family]) {
    const BgpPeer& peer = *session.peer;
    const PeerCause cause = session.diagnosis.cause;
    if (peer.kind != PeerKind::kLocalWorkload || cause == PeerCause::kNone || cause == PeerCause::kHeldBack) continue;
    if (!peer.age || *peer.age < kStarting) continue;
    findings.push_back(PeerFinding(peer, bird.now.family, DownText(session)));
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  return {ShowSession(finding, evidence), Look("calicoctl get bgppeers -o yaml")};
}

const RegisterCheck registered(
    {
        .name = "local_workload_peer_down",
        .severity = Severity::kWarning,
        .summary = "A workload of this node that is to speak BGP has had no session for ten minutes.",
        .impact = "What that pod or virtual machine announces is not reached; nothing else. After a restart, BIRD "
                  "waits for it as for any peer, for up to 240 seconds.",
        .meaning = "Calico (3.30 and newer) configures a peer Local_Workload_… as soon as the workload is there, "
                   "whether or not a BGP program runs in it yet.",
        .remedy = "See that a BGP program runs in the workload and calls this node's side of its interface, with the "
                  "AS number that the BGPPeer expects; or take the label or BGPPeer away that makes it a peer.",
        .says = "is a workload of this node, and has no session",
    },
    JudgeEachBird(DownWorkloads), CommandsOf);

}  // namespace
}  // namespace caliwatch
