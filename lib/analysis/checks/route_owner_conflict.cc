// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/remote_nodes.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

// Of VXLAN's gateways, which are tunnel addresses: the node behind each, as far as Felix' entries tell.
using Nodes = std::map<IpAddress, IpAddress>;

Nodes NodesBehind(const absl::StatusOr<RemoteNodes>& remote) {
  Nodes nodes;
  if (remote.ok())
    for (const RemoteNode& row : remote->rows)
      if (row.tunnel_address && row.address) nodes.emplace(*row.tunnel_address, *row.address);
  return nodes;
}

struct Owners {
  std::set<IpAddress> bird, felix;  // gateways, as nodes' addresses
  bool unknown = false;             // of some tunnel address nobody says whose it is

  // One that both name is none, however many paths either has: the change of owner of Calico 3.33 looks like that, and
  // what BIRD has left behind when a pool was moved to VXLAN.
  bool Disagree() const {
    return !unknown && !bird.empty() && !felix.empty() &&
           std::none_of(bird.begin(), bird.end(), [&](const IpAddress& gateway) { return felix.count(gateway) != 0; });
  }
};

using RouteIterator = std::vector<Route>::const_iterator;

class OwnersByRoute {
 public:
  OwnersByRoute(const LinkIndex& links, const absl::StatusOr<RemoteNodes>& remote)
      : links_(links), nodes_(NodesBehind(remote)) {}

  Owners Of(RouteIterator begin, RouteIterator end) const {
    Owners owners;
    for (auto route = begin; route != end; ++route) {
      if (!IsRemoteBlock(*route, links_)) continue;
      if (OwnerOf(*route) == RouteOwner::kBird)
        owners.bird.insert(*route->gateway);
      else
        TakeFelixs(*route, owners);
    }
    return owners;
  }

 private:
  void TakeFelixs(const Route& route, Owners& owners) const {
    const Link* link = links_.Find(route.link);
    const bool by_vxlan = link != nullptr && link->role == LinkRole::kTunnel && link->kind == "vxlan";
    const auto node = by_vxlan ? nodes_.find(*route.gateway) : nodes_.end();
    owners.unknown |= by_vxlan && node == nodes_.end();
    owners.felix.insert(node != nodes_.end() ? node->second : *route.gateway);
  }

  const LinkIndex& links_;
  Nodes nodes_;
};

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

std::vector<Finding> OwnersInConflict(const std::vector<Route>& routes, const LinkIndex& links,
                                      const absl::StatusOr<RemoteNodes>& remote, const RouteTally& tally) {
  std::vector<Finding> findings;
  if (tally.several.empty()) return findings;
  const OwnersByRoute by_route(links, remote);
  for (const size_t place : tally.several) {
    const auto begin = routes.begin() + static_cast<std::ptrdiff_t>(place);
    const auto end =
        std::find_if(begin, routes.end(), [&](const Route& route) { return route.destination != begin->destination; });
    if (const Owners owners = by_route.Of(begin, end); owners.Disagree())
      findings.push_back(FindingOf(begin->destination, owners));
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence&) {
  return {Look(absl::StrCat(Ip(finding.family.value_or(Family::kIpv4)), " route show ", SubjectWord(finding))),
          Look("calicoctl get bgpconfiguration default -o yaml"),
          Look("calicoctl get felixconfiguration default -o yaml"), Look("calicoctl get ippool -o wide")};
}

const RegisterCheck registered(
    {
        .name = "route_owner_conflict",
        .severity = Severity::kWarning,
        .summary = "BIRD and Felix have both made a route to one block, and they lead to different gateways.",
        .impact = "Traffic to the block may go to the wrong node, or change its way every few seconds.",
        .meaning = "Only the route with the smaller metric is used, and it may be the wrong one; where metrics are "
                   "equal, the two replace each other every few seconds. BGPConfiguration and FelixConfiguration each "
                   "say who programs cluster routes (programClusterRoutes), and Calico does not detect that they "
                   "contradict. A route that was left behind when the pool's encapsulation changed looks the same. Two "
                   "routes to one node are no fault: by VXLAN Felix' gateway is that node's tunnel address.",
        .remedy = "Compare `calicoctl get bgpconfiguration default -o yaml` with `calicoctl get felixconfiguration "
                  "default -o yaml`: exactly one may program the routes of a pool. Then delete the wrong route (ip "
                  "route del PREFIX proto bird, or proto 80); its owner puts it back if it is still wanted.",
        .time_to_hold = absl::Seconds(5),  // while routes pass from one to the other
        .says = "has two routes, of BIRD and of Felix, to different nodes",
    },
    JudgeNode(OwnersInConflict), CommandsOf);

}  // namespace
}  // namespace caliwatch
