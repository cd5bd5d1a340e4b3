// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

// Calico takes a tunnel's address from a block of the node, or borrows it from one that is another's.
struct TunnelAddress {
  IpAddress address;
  const Link* tunnel = nullptr;
  const Route* to_other_end = nullptr;  // to another node's tunnel address alone
  bool has_route = false;               // for its block, local or remote
  bool blocks_are_large = false;  // the tunnel leads to such of more than one address: those of one have no such route
};

std::vector<TunnelAddress> TunnelAddresses(const std::vector<Address>& addresses, const LinkIndex& links) {
  std::vector<TunnelAddress> found;
  for (const Address& address : addresses)
    if (links.HasRole(address.link, LinkRole::kTunnel) && !address.address.IsLinkLocal())
      found.push_back({.address = address.address, .tunnel = links.Find(address.link)});
  return found;
}

// By a tunnel, to one address and without a gateway: Felix makes it to a tunnel address that lies in no block of its
// node.
bool IsToOtherEnd(const Route& route, const Link& tunnel) {
  return route.link == tunnel.index && !route.gateway && route.destination.IsSingleAddress() &&
         route.table == RT_TABLE_MAIN && route.type == RTN_UNICAST && OwnerOf(route) != RouteOwner::kKernel;
}

// A pool for tunnels alone has blocks of one address, for which there is no blackhole. Then the other nodes' tunnel
// addresses, too, are in nobody's block.
bool IsOfSingleAddresses(const TunnelAddress& own, const std::vector<Route>& routes, const LinkIndex& links) {
  return own.to_other_end != nullptr && std::none_of(routes.begin(), routes.end(), [&](const Route& route) {
           return route.destination.Contains(own.to_other_end->destination.address) &&
                  (IsRemoteBlock(route, links) || IsLocalBlock(route));
         });
}

void FindByTunnels(std::vector<TunnelAddress> tunnels, const std::vector<Route>& routes, const LinkIndex& links,
                   std::vector<Finding>& findings) {
  if (tunnels.empty()) return;
  for (const Route& route : routes) {
    const bool remote = IsRemoteBlock(route, links);
    if (!remote && !IsLocalBlock(route)) {
      for (TunnelAddress& own : tunnels)
        if (IsToOtherEnd(route, *own.tunnel)) own.to_other_end = &route;
      continue;
    }
    for (TunnelAddress& own : tunnels) {
      own.has_route |= route.destination.Contains(own.address);
      own.blocks_are_large |= remote && route.link == own.tunnel->index && route.family() == own.address.family &&
                              !route.destination.IsSingleAddress();
    }
  }
  for (const TunnelAddress& own : tunnels)
    if (own.blocks_are_large && !own.has_route && !IsOfSingleAddresses(own, routes, links))
      findings.push_back({own.address,
                          own.address.family,
                          absl::StrCat("is the address of ", own.tunnel->name, ", and its block has no route"),
                          {},
                          {own.address, InterfaceName{own.tunnel->name}}});
}

// BIRD's own table, where it was asked for. Services' addresses are there, too, and stay out of the kernel by design;
// no workload has one.
void FindByBird(const std::vector<BirdRoute>& bird_routes, const std::vector<Route>& routes, const LinkIndex& links,
                std::vector<Finding>& findings) {
  for (const BirdRoute& bird : bird_routes) {
    if (!bird.best || bird.type != BirdRouteType::kBlackhole || !absl::StartsWith(bird.protocol, "static")) continue;
    const Prefix& block = bird.destination;
    int workloads = 0;
    bool is_there = false;
    for (const Route& route : routes) {
      workloads += block.Contains(route.destination.address) && IsWorkloadRoute(route, links);
      is_there |= route.destination == block && IsLocalBlock(route);
    }
    if (workloads > 0 && !is_there)
      findings.push_back(
          {block, block.address.family,
           absl::StrCat("is a block of this node with ", workloads, workloads == 1 ? " workload" : " workloads",
                        "; BIRD has its route, the kernel has not")});
  }
}

Judgement LocalBlocksMissing(const Evidence& evidence) {
  const Snapshot& node = evidence.now;
  const absl::Status missing = FirstError({node.links.status(), node.addresses.status(), node.routes.status()});
  if (!missing.ok()) return missing;
  const LinkIndex& links = *std::get<absl::StatusOr<LinkIndex>>(evidence.derived);
  std::vector<Finding> findings;
  FindByTunnels(TunnelAddresses(*node.addresses, links), *node.routes, links, findings);
  for (const Family family : kFamilies) {
    const Table<BirdRoute>& table = *evidence.before.birds[family].table;
    const absl::StatusOr<BirdStatus>& status = node.birds[family].status;
    if (table.ok() && status.ok() && !status->recovery) FindByBird(*table, *node.routes, links, findings);
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  return {Look(absl::StrCat(Ip(finding.family.value_or(Family::kIpv4)), " route show type blackhole")),
          RestartCalicoNode(evidence)};
}

const RegisterCheck registered(
    {
        .name = "local_block_route_missing",
        .severity = Severity::kWarning,
        .summary = "The kernel has no route for a block of addresses that belongs to this node.",
        .impact = "Packets for addresses that no pod has may go round between this node and its router; running pods "
                  "are not cut off.",
        .meaning =
            "Each block of this node has a blackhole route, which ends packets for addresses of it that no pod has. "
            "Else they follow the default route. Running pods have routes of their own. Something deleted the route or "
            "took its place. Seen in two ways: the address of a tunnel interface is in no block, or BIRD has a route "
            "for a block with workloads and the kernel has not. A block that shows in neither way is not judged.",
        .remedy = "Restart calico-node on this node: Felix, or BIRD, writes the route anew. If one of another protocol "
                  "is in its place (ip route show PREFIX), delete that first.",
        .time_to_hold = absl::Seconds(3),  // BIRD repairs what it can every 2 s
        .causes = {{"bird_down", Tie::kSameFamily},
                   {"graceful_restart_blocked", Tie::kSameFamily},
                   {"tunnel_device_down"}},
        .says = "has no blackhole route around it",
    },
    JudgeNode(LocalBlocksMissing), CommandsOf);

}  // namespace
}  // namespace caliwatch
