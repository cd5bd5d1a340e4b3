// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/convergence/expectation.h"
#include "lib/analysis/findings/check.h"

namespace caliwatch {
namespace {

Judgement PeersWithoutRoutes(const Snapshot& snapshot) {
  std::vector<Finding> findings;
  absl::Status unread;
  for (const Bird& bird : snapshot.birds) {
    if (absl::IsNotFound(bird.peers.status())) continue;
    unread.Update(bird.peers.status());
    if (!bird.peers.ok()) continue;
    for (const std::string& name : bird.shortfall.silent_peers)
      if (const BgpPeer* peer = FindPeer(*bird.peers, name))
        findings.push_back({peer->address ? peer->address->ToString() : name,
                            "its session is established, but since it came up the peer has announced no route; before, "
                            "it did"});
  }
  if (findings.empty() && !unread.ok()) return unread;
  return findings;
}

const RegisterCheck registered({
    .name = "peer_established_without_routes",
    .severity = Severity::kWarning,
    .summary = "A peer's session is established again, but the peer announces no routes.",
    .impact = "Pods of this node do not reach the peer's pods, although the session looks healthy.",
    .meaning = "The peer's BIRD has restarted and recovers: until all of its own peers have answered, or 240 seconds "
               "have passed, it announces nothing. A peer that has no block of addresses any more looks the same, for "
               "five minutes at most.",
    .remedy = "Look at the peer's node: `caliwatch check` there names whom its BIRD waits for.",
    .run = PeersWithoutRoutes,
    .time_to_hold = absl::Seconds(3),  // the session is up a moment before its routes come
});

}  // namespace
}  // namespace caliwatch
