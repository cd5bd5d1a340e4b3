// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <optional>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

struct IpipRoutes {
  std::vector<const Route*> tunnelled;  // by tunl0
  std::vector<const Route*> bare;       // BIRD's, by an interface of the host
};

IpipRoutes IpipRoutesOf(const std::vector<Route>& routes, int tunl0, const LinkIndex& links) {
  IpipRoutes found;
  for (const Route& route : routes) {
    if (!IsRemoteBlock(route)) continue;
    if (route.link == tunl0)
      found.tunnelled.push_back(&route);
    else if (OwnerOf(route) == RouteOwner::kBird && links.HasRole(route.link, LinkRole::kHost))
      found.bare.push_back(&route);
  }
  return found;
}

// The subnets of one interface, and the smallest prefixes around blocks that are tunnelled. A pool that holds such
// blocks holds all that lies between them.
struct Surroundings {
  std::vector<Prefix> subnets;
  std::optional<Prefix> tunnelled;       // around all of them
  std::optional<Prefix> tunnelled_near;  // around those whose gateway is in a subnet

  bool IsNear(const IpAddress& gateway) const {
    return std::any_of(subnets.begin(), subnets.end(), [&](const Prefix& subnet) { return subnet.Contains(gateway); });
  }

  // A pool may leave out the node's own subnet (CrossSubnet): there, only a pool that tunnels near counts.
  bool ShouldTunnel(const Route& route) const {
    const std::optional<Prefix>& pool = IsNear(*route.gateway) ? tunnelled_near : tunnelled;
    return pool && pool->length <= route.destination.length && pool->Contains(route.destination.address);
  }
};

void Widen(std::optional<Prefix>& around, const Prefix& block) {
  if (!around) around = block;
  around->length = std::min(around->length, block.length);
  while (!around->Contains(block.address)) --around->length;
}

Surroundings SurroundingsOf(int link, const std::vector<Address>& addresses,
                            const std::vector<const Route*>& tunnelled) {
  Surroundings found;
  for (const Address& address : addresses)
    if (address.link == link) found.subnets.push_back({address.address, address.prefix_length});
  for (const Route* route : tunnelled) {
    Widen(found.tunnelled, route->destination);
    if (found.IsNear(*route->gateway)) Widen(found.tunnelled_near, route->destination);
  }
  return found;
}

std::vector<Finding> WithoutEncapsulation(const std::vector<Link>& links, const std::vector<Address>& addresses,
                                          const std::vector<Route>& routes, const LinkIndex& index) {
  const auto tunl0 = std::find_if(links.begin(), links.end(), [](const Link& link) { return link.name == "tunl0"; });
  if (tunl0 == links.end()) return {};
  const IpipRoutes ipip = IpipRoutesOf(routes, tunl0->index, index);
  if (ipip.tunnelled.empty()) return {};

  std::map<int, Surroundings> by_link;
  std::vector<Finding> findings;
  for (const Route* route : ipip.bare) {
    auto around = by_link.find(route->link);
    if (around == by_link.end())
      around = by_link.emplace(route->link, SurroundingsOf(route->link, addresses, ipip.tunnelled)).first;
    if (!around->second.ShouldTunnel(*route)) continue;
    findings.push_back({route->destination,
                        route->family(),
                        absl::StrCat("leads to ", route->gateway->ToString(), " by ", index.Find(route->link)->name,
                                     " without encapsulation; blocks around it use tunl0"),
                        {},
                        {*route->gateway}});
  }
  return findings;
}

const RegisterCheck registered(
    {
        .name = "route_without_encapsulation",
        .severity = Severity::kCritical,
        .summary = "A route to another node's block leads past the IPIP tunnel that the blocks around it use.",
        .impact = "Packets for those pods leave with pod addresses on the network between the nodes, which as a rule "
                  "drops them.",
        .meaning =
            "Calico's BIRD writes such a route, without a word, when tunl0 is not there at that moment. Judged by "
            "comparison: the block lies among blocks that are tunnelled to nodes placed alike. Routes to the node's "
            "own subnet that a CrossSubnet pool leaves untunnelled, and pools without encapsulation, are no fault. "
            "VXLAN routes are Felix's, which makes no such mistake.",
        .remedy =
            "Delete the route (ip route del PREFIX proto bird) while tunl0 is up (ip link show tunl0): BIRD writes it "
            "anew within seconds. If it comes back without tunl0, restart calico-node on this node.",
        .time_to_hold = absl::Seconds(3),  // BIRD repairs what it can every 2 s
    },
    JudgeNode(WithoutEncapsulation));

}  // namespace
}  // namespace caliwatch
