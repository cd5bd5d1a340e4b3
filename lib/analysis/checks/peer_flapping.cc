// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/peer_commands.h"

namespace caliwatch {
namespace {

std::string LastWords(const BgpPeer& peer) {
  const PeerError& error = peer.error.text.empty() ? peer.last_error : peer.error;
  return error.text.empty() ? "" : absl::StrCat("; BIRD's last word on it: ", error.text);
}

std::vector<Finding> FlappingPeers(const BirdEvidence& bird) {
  std::vector<Finding> findings;
  if (bird.before.flapping_peers.empty()) return findings;
  const PeersByName peers = IndexPeers(*bird.now.peers);
  for (const FlappingPeer& flapping : bird.before.flapping_peers) {
    const BgpPeer* peer = FindPeer(peers, flapping.protocol);
    if (peer == nullptr) continue;
    findings.push_back(PeerFinding(
        *peer, bird.now.family,
        absl::StrCat("its session was lost ", flapping.flaps, " times within ",
                     absl::FormatDuration(absl::Trunc(flapping.within, absl::Seconds(1))), LastWords(*peer))));
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  Commands commands = {ShowSession(finding, evidence)};
  if (const auto* peer = std::get_if<IpAddress>(&finding.subject)) commands.push_back(Look(CalicoNodePodAt(*peer)));
  return commands;
}

const RegisterCheck registered(
    {
        .name = "peer_flapping",
        .severity = Severity::kWarning,
        .summary = "A BGP session of this node is lost and comes back, again and again.",
        .impact = "Each time, this node and the peer drop or freeze each other's routes, so that traffic between their "
                  "pods is interrupted or takes stale ways.",
        .meaning = "It means three losses within 15 minutes; the finding ends when the session has lasted for 5, or "
                   "was down for one. Meanwhile its being down now and then follows from it.",
        .remedy = "Read BIRD's last error for the peer (birdcl: show protocols all NAME). Hold timer expired: packets "
                  "are lost on the path, or one of the nodes starves (look at its CPU). Connection reset or shutdown: "
                  "see why BIRD or calico-node dies on the peer's node (kubectl -n calico-system get pods -o wide -l "
                  "k8s-app=calico-node shows restarts; kubectl -n calico-system logs NAME -c calico-node --previous).",
        .polls_to_hold = 1,
        .causes = {{"bgp_source_address_not_local"}, {"peer_path_one_way"}},
        .says = "is lost and comes back, again and again",
    },
    JudgeEachBird(FlappingPeers), CommandsOf);

}  // namespace
}  // namespace caliwatch
