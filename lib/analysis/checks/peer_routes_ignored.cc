// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

// Of the same AS a peer may withdraw what it never announced, when its configuration changed.
bool AreAllIgnored(const BgpPeer& peer) {
  const bool external = !peer.local_as || peer.local_as != peer.remote_as;
  if (!external || !peer.IsUp() || !peer.routes || !peer.imports) return false;
  return peer.routes->imported == 0 && peer.routes->filtered == 0 && peer.imports->accepted == 0 &&
         peer.imports->ignored + peer.imports->rejected != 0;
}

std::vector<Finding> IgnoredRoutes(const BirdEvidence& bird) {
  std::vector<Finding> findings;
  for (const BgpPeer& peer : *bird.now.peers)
    if (AreAllIgnored(peer))
      findings.push_back(PeerFinding(
          peer, bird.now.family,
          absl::StrCat("its session is up, and of the ", peer.imports->received,
                       " routes that it announced BIRD took none (", peer.imports->rejected + peer.imports->ignored,
                       " ignored): as a rule since this node's own AS number is in their AS path")));
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  return {Look(Birdcl(evidence, finding.family.value_or(Family::kIpv4), "show route all filtered")),
          Look("calicoctl get nodes -o wide"), Look("calicoctl get bgppeers -o yaml")};
}

const RegisterCheck registered(
    {
        .name = "peer_routes_ignored",
        .severity = Severity::kWarning,
        .summary = "A peer's session is established, and BIRD ignores all routes that it announces.",
        .impact = "This node reaches nothing by way of that peer, although the session looks healthy: pods of nodes "
                  "behind it, where nodes exchange their routes by routers (eBGP).",
        .meaning = "A route whose AS path holds the receiver's own AS number has been there before: BGP takes it for a "
                   "loop. So nodes that share one AS number do not hear of each other through a router.",
        .remedy =
            "See the paths: birdcl show route all filtered, or at the router what it sends. Give each rack or node an "
            "AS number of its own (calicoctl patch node NAME -p '{\"spec\":{\"bgp\":{\"asNumber\":\"64513\"}}}'), or "
            "let the router replace it (as-override), or set numAllowedLocalASNumbers of the BGPPeer to 1.",
        .time_to_hold = absl::Seconds(5),
        .says = "announces routes, all of which BIRD ignores",
    },
    JudgeEachBird(IgnoredRoutes), CommandsOf);

}  // namespace
}  // namespace caliwatch
