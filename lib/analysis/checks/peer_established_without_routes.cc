// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/peer_commands.h"

namespace caliwatch {
namespace {

std::vector<Finding> PeersWithoutRoutes(const BirdEvidence& bird) {
  std::vector<Finding> findings;
  if (bird.before.silent_peers.empty()) return findings;
  const PeersByName peers = IndexPeers(*bird.now.peers);
  for (const std::string& name : bird.before.silent_peers)
    if (const BgpPeer* peer = FindPeer(peers, name))
      findings.push_back(PeerFinding(
          *peer, bird.now.family,
          "its session is established, but since it came up the peer has announced no route; before, it did"));
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const auto* peer = std::get_if<IpAddress>(&finding.subject);
  if (peer == nullptr) return {ShowSession(finding, evidence)};
  return {Look(BirdclAt(*peer, "show status")), Look(CalicoNodePodAt(*peer)), ShowSession(finding, evidence)};
}

const RegisterCheck registered(
    {
        .name = "peer_established_without_routes",
        .severity = Severity::kWarning,
        .summary = "A peer's session is established again, but the peer announces no routes.",
        .impact = "Pods of this node do not reach the peer's pods, although the session looks healthy.",
        .meaning = "The peer's BIRD has restarted and recovers: until all of its own peers have answered, or 240 "
                   "seconds have passed, it announces nothing. A peer that has no block of addresses any more looks "
                   "the same, for five minutes at most.",
        .remedy = "Look at the peer's node: `caliwatch check` there names whom its BIRD waits for.",
        .time_to_hold = absl::Seconds(3),  // the session is up a moment before its routes come
        .causes = {{"graceful_restart_blocked", Tie::kSameFamily}, {"peer_routes_ignored"}, {"peer_flapping"}},
        .says = "announces no routes, though its session is up",
    },
    JudgeEachBird(PeersWithoutRoutes), CommandsOf);

}  // namespace
}  // namespace caliwatch
