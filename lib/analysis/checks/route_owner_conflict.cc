// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

struct Owners {
  std::set<IpAddress> bird, felix;  // gateways

  // One that both name is none, however many paths either has: the change of owner of Calico 3.33 looks like that.
  bool Disagree() const {
    return !bird.empty() && !felix.empty() &&
           std::none_of(bird.begin(), bird.end(), [&](const IpAddress& gateway) { return felix.count(gateway) != 0; });
  }
};

using RouteIterator = std::vector<Route>::const_iterator;

Owners OwnersOf(RouteIterator begin, RouteIterator end) {
  Owners owners;
  for (auto route = begin; route != end; ++route)
    if (IsRemoteBlock(*route))
      (OwnerOf(*route) == RouteOwner::kBird ? owners.bird : owners.felix).insert(*route->gateway);
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
std::vector<Finding> OwnersInConflict(const std::vector<Route>& routes) {
  std::vector<Finding> findings;
  for (auto begin = routes.begin(); begin != routes.end();) {
    const auto end =
        std::find_if(begin, routes.end(), [&](const Route& route) { return route.destination != begin->destination; });
    if (end - begin > 1)
      if (const Owners owners = OwnersOf(begin, end); owners.Disagree())
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
                   "when the pool's encapsulation changed looks the same. Two routes to one gateway are no fault.",
        .remedy =
            "Compare `calicoctl get bgpconfiguration default -o yaml` with `calicoctl get felixconfiguration default "
            "-o yaml`: exactly one may program the routes of a pool. Then delete the wrong route (ip route del PREFIX "
            "proto bird, or proto 80); its owner puts it back if it is still wanted.",
        .time_to_hold = absl::Seconds(5),  // while routes pass from one to the other
    },
    JudgeNode(OwnersInConflict));

}  // namespace
}  // namespace caliwatch
