// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

struct Owners {
  std::set<IpAddress> bird, felix;  // the nodes that their routes lead to

  // One that both name is none, however many paths either has: the change of owner of Calico 3.33 looks like that.
  bool Disagree() const {
    return !bird.empty() && !felix.empty() &&
           std::none_of(bird.begin(), bird.end(), [&](const IpAddress& gateway) { return felix.count(gateway) != 0; });
  }
};

using RouteIterator = std::vector<Route>::const_iterator;

using NodesOfTunnels = std::map<IpAddress, std::optional<IpAddress>>;  // by the tunnel address of VXLAN

NodesOfTunnels NodesBehind(const RemoteNodes& nodes) {
  NodesOfTunnels behind;
  for (const RemoteNode& row : nodes.rows)
    if (row.tunnel_address) behind[*row.tunnel_address] = row.address;
  return behind;
}

// Of a route through VXLAN, the node at the other end of the tunnel; absent where the tunnel does not tell it.
std::optional<IpAddress> NodeOf(const Route& route, const NodesOfTunnels& behind) {
  const auto node = behind.find(*route.gateway);
  return node != behind.end() ? node->second : route.gateway;
}

Owners OwnersOf(RouteIterator begin, RouteIterator end, const LinkIndex& links, const NodesOfTunnels& behind) {
  Owners owners;
  for (auto route = begin; route != end; ++route) {
    if (!IsRemoteBlock(*route, links)) continue;
    if (const std::optional<IpAddress> node = NodeOf(*route, behind))
      (OwnerOf(*route) == RouteOwner::kBird ? owners.bird : owners.felix).insert(*node);
  }
  return owners;
}

std::string TextOf(const std::set<IpAddress>& addresses) {
  return absl::StrJoin(addresses, ", ",
                       [](std::string* text, const IpAddress& address) { absl::StrAppend(text, address.ToString()); });
}

Finding FindingOf(const Prefix& destination, const Owners& owners) {
  Finding finding{destination, destination.address.family,
                  absl::StrCat("BIRD's route leads to ", TextOf(owners.bird), ", Felix's to ", TextOf(owners.felix))};
  finding.related.assign(owners.bird.begin(), owners.bird.end());
  finding.related.insert(finding.related.end(), owners.felix.begin(), owners.felix.end());
  return finding;
}

// Routes to one destination stand side by side.
std::vector<Finding> OwnersInConflict(const std::vector<Route>& routes, const LinkIndex& links,
                                      const RemoteNodes& nodes) {
  const NodesOfTunnels behind = NodesBehind(nodes);
  std::vector<Finding> findings;
  for (auto begin = routes.begin(); begin != routes.end();) {
    const auto end =
        std::find_if(begin, routes.end(), [&](const Route& route) { return route.destination != begin->destination; });
    if (end - begin > 1)
      if (const Owners owners = OwnersOf(begin, end, links, behind); owners.Disagree())
        findings.push_back(FindingOf(begin->destination, owners));
    begin = end;
  }
  return findings;
}

const RegisterCheck registered(
    {
        .name = "route_owner_conflict",
        .severity = Severity::kWarning,
        .summary = "BIRD and Felix have both made a route to one block, and they lead to different gateways.",
        .impact = "Traffic to the block may go to the wrong node, or change its way every few seconds.",
        .meaning = "Only the route with the smaller metric is used, and it may be the wrong one; where metrics are "
                   "equal, the two "
                   "replace each other every few seconds. BGPConfiguration and FelixConfiguration each say who "
                   "programs cluster "
                   "routes (programClusterRoutes), and Calico does not detect that they contradict. A route that was "
                   "left behind "
                   "when the pool's encapsulation changed looks the same. Two routes to one node are no fault, though "
                   "one of them may lead to its tunnel address.",
        .remedy =
            "Compare `calicoctl get bgpconfiguration default -o yaml` with `calicoctl get felixconfiguration default "
            "-o yaml`: exactly one may program the routes of a pool. Then delete the wrong route (ip route del PREFIX "
            "proto bird, or proto 80); its owner puts it back if it is still wanted.",
        .time_to_hold = absl::Seconds(5),  // while routes pass from one to the other
    },
    JudgeNode(OwnersInConflict));

}  // namespace
}  // namespace caliwatch
