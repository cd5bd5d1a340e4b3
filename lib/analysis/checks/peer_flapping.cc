// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/convergence/expectation.h"
#include "lib/analysis/findings/check.h"

namespace caliwatch {
namespace {

std::string LastWords(const BgpPeer& peer) {
  const PeerError& error = peer.error.text.empty() ? peer.last_error : peer.error;
  return error.text.empty() ? "" : absl::StrCat("; BIRD's last word on it: ", error.text);
}

Judgement FlappingPeers(const Snapshot& snapshot) {
  std::vector<Finding> findings;
  absl::Status unread;
  for (const Bird& bird : snapshot.birds) {
    if (!bird.peers.ok()) {
      if (!absl::IsNotFound(bird.peers.status())) unread.Update(bird.peers.status());
      continue;
    }
    for (const FlappingPeer& flapping : bird.shortfall.flapping_peers) {
      const BgpPeer* peer = FindPeer(*bird.peers, flapping.protocol);
      if (peer == nullptr) continue;
      findings.push_back(
          {peer->address ? peer->address->ToString() : peer->name,
           absl::StrCat("its session was lost ", flapping.flaps, " times within ",
                        absl::FormatDuration(absl::Trunc(flapping.within, absl::Seconds(1))), LastWords(*peer))});
    }
  }
  if (findings.empty() && !unread.ok()) return unread;
  return findings;
}

const RegisterCheck registered({
    .name = "peer_flapping",
    .severity = Severity::kWarning,
    .summary = "A BGP session of this node is lost and comes back, again and again.",
    .impact = "Each time, this node and the peer drop or freeze each other's routes, so that traffic between their "
              "pods is interrupted or takes stale ways.",
    .meaning = "It means three losses within 15 minutes; the finding ends when the session has lasted for 5.",
    .remedy = "Read BIRD's last error for the peer (birdcl: show protocols all NAME). Hold timer expired: packets are "
              "lost on the path, or one of the nodes starves (look at its CPU). Connection reset or shutdown: see why "
              "calico-node restarts on the peer's node.",
    .run = FlappingPeers,
    .polls_to_hold = 1,
});

}  // namespace
}  // namespace caliwatch
