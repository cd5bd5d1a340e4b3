// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

bool LeadsBare(const Route& route, const LinkIndex& links) {
  return IsRemoteBlock(route) && OwnerOf(route) == RouteOwner::kBird && links.HasRole(route.link, LinkRole::kHost);
}

// A tunnel that is there, and leads somewhere: else its absence is the finding, or the pool is no longer tunnelled.
const Link* TunnelInUse(const std::vector<Route>& routes, const std::vector<Link>& links) {
  for (const Link& link : links) {
    if (link.name != "tunl0" || !link.up) continue;
    for (const Route& route : routes)
      if (route.link == link.index && IsRemoteBlock(route)) return &link;
  }
  return nullptr;
}

std::vector<Finding> WithoutEncapsulation(const Recollection& before, const std::vector<Link>& links,
                                          const std::vector<Route>& routes, const LinkIndex& index) {
  std::vector<Finding> findings;
  if (before.left_tunnel.empty() || TunnelInUse(routes, links) == nullptr) return findings;
  for (const Route& route : routes)
    if (before.left_tunnel.contains(route.destination) && LeadsBare(route, index))
      findings.push_back(
          {route.destination,
           route.family(),
           absl::StrCat("led to ", route.gateway->ToString(), " through tunl0 before, and leads there by ",
                        index.NameOf(route.link), " without encapsulation now; other blocks still use tunl0"),
           {},
           {*route.gateway, InterfaceName{"tunl0"}}});
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence&) {
  return {Look("calicoctl get ippool -o wide"), Look(absl::StrCat("ip route show ", SubjectWord(finding))),
          Look("ip -d link show tunl0")};
}

const RegisterCheck registered(
    {
        .name = "route_without_encapsulation",
        .severity = Severity::kCritical,
        .summary = "A route to another node's block has left the IPIP tunnel that other blocks still use.",
        .impact = "Packets for those pods leave with pod addresses on the network between the nodes, which as a rule "
                  "drops them.",
        .meaning = "Calico's BIRD writes such a route, without a word, when tunl0 is not there at that moment. Which "
                   "pools are tunnelled this node does not know, and pools with and without encapsulation may lie "
                   "between each other: judged is only what the agent has seen to change its way, while other routes "
                   "through tunl0 stayed. Where the ipipMode of the pool was changed on purpose, it is the others that "
                   "are old. VXLAN routes are Felix's, which makes no such mistake.",
        .remedy = "Look at the pool's ipipMode (calicoctl get ippool -o wide). Always, or CrossSubnet and the node is "
                  "on another network: delete the route (ip route del PREFIX proto bird) while tunl0 is up, and BIRD "
                  "writes it anew within seconds; if it comes back bare, restart calico-node on this node. Never: the "
                  "routes that still use tunl0 are the old ones.",
        .time_to_hold = absl::Seconds(3),  // BIRD repairs what it can every 2 s
        .says = "has left the IPIP tunnel",
    },
    JudgeNode(WithoutEncapsulation), CommandsOf);

}  // namespace
}  // namespace caliwatch
