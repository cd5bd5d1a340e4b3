// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

constexpr int kRestless = 5;  // returns within RouteChurn::kWindow: a rolling restart of peers makes fewer
constexpr absl::Duration kStill = absl::Minutes(2);

// Of the routes to one destination that came and went: by whom they were made, and where they lead now.
struct Restless {
  int returns = 0;
  std::vector<std::string> owners = {};
  std::vector<IpAddress> gateways = {};
};

// Single addresses are pods', which come and go by themselves, and an address finds another pod.
bool IsJudged(const RecurringRoute& recurring, BootTime now) {
  const RouteOwner owner = recurring.route.owner;
  return recurring.returns >= kRestless && now - recurring.last <= kStill &&
         !recurring.route.destination.IsSingleAddress() &&
         (owner == RouteOwner::kBird || owner == RouteOwner::kFelix || owner == RouteOwner::kBoot);
}

std::string NameOf(RouteOwner owner) {
  return owner == RouteOwner::kBird ? "BIRD" : owner == RouteOwner::kFelix ? "Felix" : "Felix or CNI";
}

std::map<Prefix, Restless> RestlessRoutes(const std::vector<RecurringRoute>& recurring, BootTime now) {
  std::map<Prefix, Restless> found;
  for (const RecurringRoute& each : recurring) {
    if (!IsJudged(each, now)) continue;
    Restless& row = found[each.route.destination];
    row.returns = std::max(row.returns, each.returns);
    const std::string owner = NameOf(each.route.owner);
    if (std::find(row.owners.begin(), row.owners.end(), owner) == row.owners.end()) row.owners.push_back(owner);
  }
  return found;
}

std::string RemedyOf(const Restless& restless) {
  if (restless.owners.size() < 2) return "";
  return "Two programs write this route in turn. Exactly one of them may program the routes of a pool: compare "
         "programClusterRoutes of `calicoctl get bgpconfiguration default -o yaml` and of `calicoctl get "
         "felixconfiguration default -o yaml`.";
}

// Where they lead while they are there.
void AddGateways(const std::vector<Route>& routes, std::map<Prefix, Restless>& restless) {
  if (restless.empty()) return;
  for (const Route& route : routes) {
    if (!route.gateway || route.table != RT_TABLE_MAIN) continue;
    if (restless.contains(route.destination)) restless.at(route.destination).gateways.push_back(*route.gateway);
  }
}

std::vector<Finding> FlappingRoutes(const Evidence& evidence, const std::vector<Route>& routes) {
  auto restless = RestlessRoutes(evidence.before.recurring_routes, evidence.now.boot_time);
  AddGateways(routes, restless);
  std::vector<Finding> findings;
  findings.reserve(restless.size());
  for (const auto& [destination, row] : restless)
    findings.push_back({destination, destination.address.family,
                        absl::StrCat("went and came back ", row.returns,
                                     row.returns >= RouteChurn::kMostReturns ? " times or more" : " times",
                                     " within ten minutes, written by ", absl::StrJoin(row.owners, " and by ")),
                        RemedyOf(row), ThingsOf(row.gateways)});
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  return {Look(absl::StrCat("timeout 60 ", Ip(finding.family.value_or(Family::kIpv4)), " monitor route | grep -F ",
                            SubjectWord(finding))),
          Look("calicoctl get bgpconfiguration default -o yaml"),
          Look("calicoctl get felixconfiguration default -o yaml"), Look(CalicoNodeLog(evidence))};
}

const RegisterCheck registered(
    {
        .name = "route_flapping",
        .severity = Severity::kWarning,
        .summary = "A route comes and goes again and again.",
        .impact = "Each time, packets to those pods are lost or take another way, and connections stall.",
        .meaning = "The kernel tells of each route that comes and goes, also between two polls. A route that came back "
                   "five times within ten minutes, the last time not two minutes ago, has two programs that quarrel "
                   "over it, is deleted by a third one, or follows a session that flaps. Routes of pods, which come "
                   "and go with them, are not judged, and a route with another metric is another one. Only the agent "
                   "hears of this; `caliwatch check` by itself does not.",
        .remedy =
            "See who deletes it: `ip monitor route` shows the moments, and calico-node's log what BIRD and Felix did "
            "then. NetworkManager, systemd-networkd or a script that flushes routes must leave Calico's alone.",
        .causes = {{"peer_flapping"}, {"route_owner_conflict"}, {"bgp_peer_down"}},
        .says = "has a route that comes and goes",
    },
    JudgeNode(FlappingRoutes), CommandsOf);

}  // namespace
}  // namespace caliwatch
