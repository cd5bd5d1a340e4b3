// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/evidence/lost_routes.h"
#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

Finding FindingOf(const UnprogrammedRoute& route, absl::string_view trouble) {
  const Prefix& block = route.destination;
  Finding finding{block, block.address.family,
                  absl::StrCat("is a block of ", route.gateway.ToString(),
                               " that BIRD has learned; Felix is to make its route, and the kernel has no route to it",
                               trouble.empty() ? "" : absl::StrCat("; tunl0, which an IPIP pool needs, ", trouble))};
  finding.related.emplace_back(route.gateway);
  if (!trouble.empty()) finding.related.emplace_back(InterfaceName{"tunl0"});
  return finding;
}

Judgement FelixRoutesMissing(const Evidence& evidence) {
  const LostRoutes lost = RoutesLostBy(RouteOwner::kFelix, evidence);
  std::vector<Finding> findings;
  findings.reserve(lost.rows.size());
  for (const LostRoute& row : lost.rows) findings.push_back(FindingOf(*row.route, row.tunnel_trouble));
  return Judged(std::move(findings), lost.unread);
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  return {Look(absl::StrCat(Ip(finding.family.value_or(Family::kIpv4)), " route show ", SubjectWord(finding))),
          Look(CalicoNodeLog(evidence)), RestartCalicoNode(evidence)};
}

const RegisterCheck registered(
    {
        .name = "felix_route_missing",
        .severity = Severity::kCritical,
        .summary = "A route to another node's block that Felix is to make is not in the kernel.",
        .impact = "Pods of this node do not reach that block, although BGP is fine.",
        .meaning = "From Calico 3.33 on Felix makes the routes of IPIP pools, as it always did with VXLAN; BIRD learns "
                   "the blocks, and its filter keeps them from the kernel. Such a route is gone when something deletes "
                   "it, or with tunl0's address or link. Judged are blocks of a peer of the mesh whose session is up, "
                   "of a size that Felix has in the kernel, or that were there before; addresses of services, which "
                   "that filter keeps back as well, are none.",
        .remedy = "Felix looks at its routes every 90 s and puts back what is missing. If it does not, see whether "
                  "Felix is alive and what it logs (kubectl -n calico-system logs NAME -c calico-node), and restart "
                  "calico-node on this node.",
        .time_to_hold = absl::Seconds(10),  // a node that leaves: Felix drops its routes before BIRD drops the peer
        .causes = {{"tunnel_device_missing"},
                   {"tunnel_device_down"},
                   {"tunnel_address_missing"},
                   {"graceful_restart_blocked", Tie::kSameFamily},
                   {"bgp_peer_down"}},
        .says = "is not reached: Felix has not made its route",
    },
    JudgeNode(FelixRoutesMissing), CommandsOf);

}  // namespace
}  // namespace caliwatch
