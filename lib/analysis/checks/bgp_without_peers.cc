// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

std::vector<Finding> WithoutPeers(const BirdEvidence& bird) {
  if (bird.before.config.lost_peers == 0) return {};
  return {{FamilyWide::kBird, bird.now.family,
           absl::StrCat("has no BGP peer configured any more; it had ", bird.before.config.lost_peers,
                        " until its configuration changed")}};
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {Look(CalicoNode(evidence)), Look("calicoctl get bgppeers -o yaml"),
          Look("calicoctl get bgpconfiguration default -o yaml")};
}

const RegisterCheck registered(
    {
        .name = "bgp_without_peers",
        .severity = Severity::kWarning,
        .summary = "BIRD on this node was left without any BGP peer.",
        .impact = "The node exchanges routes with nobody: where BIRD leads the routes between nodes, its pods and "
                  "those of other nodes do not reach each other. No session is down that would tell.",
        .meaning = "All peers went with one change of the configuration, two at least. A route reflector (a node with "
                   "routeReflectorClusterID) has no sessions of the mesh and is in nobody's mesh: when the BGPPeers "
                   "that led to it are deleted, it is alone. Where the mesh was switched off on purpose, or all other "
                   "nodes were removed at once, it is as intended.",
        .remedy = "If the others have their mesh: take the node out of reflecting (calicoctl patch node NAME -p "
                  "'{\"spec\":{\"bgp\":{\"routeReflectorClusterID\":\"\"}}}'), or give it BGPPeers again (calicoctl "
                  "get bgppeers -o yaml). If the mesh is off by mistake: nodeToNodeMeshEnabled: true in the default "
                  "BGPConfiguration.",
        .time_to_hold = absl::Seconds(10),
        .says = "was left without any BGP peer",
    },
    JudgeEachBird(WithoutPeers), CommandsOf);

}  // namespace
}  // namespace caliwatch
