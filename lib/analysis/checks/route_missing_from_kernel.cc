// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/routes/unprogrammed_routes.h"

namespace caliwatch {
namespace {

std::string DetailOf(const UnprogrammedRoute& route) {
  std::vector<std::string> gateways;
  for (const IpAddress& gateway : route.kernels) gateways.push_back(gateway.ToString());
  const std::string kernels = gateways.empty() ? "none" : absl::StrJoin(gateways, ", ");
  const std::string by_bird = absl::StrCat("BIRD's best route leads to ", route.gateway.ToString());
  switch (route.problem) {
    case RouteProblem::kRefused:
      if (route.kernels.empty()) return absl::StrCat(by_bird, ", but the kernel refuses it");
      return absl::StrCat(by_bird, ", but the kernel refuses it: another program's route is in its place, by gateway ",
                          kernels);
    case RouteProblem::kOtherGateway:
      return absl::StrCat(by_bird, ", but the kernel sends to ", kernels);
    case RouteProblem::kDetour:
      return absl::StrCat(by_bird, ", and so does the kernel, but ", route.peer->ToString(),
                          ", which announces it, is on a network of this node's own");
    case RouteProblem::kMissing:
      break;
  }
  return absl::StrCat(by_bird, ", but the kernel has no route");
}

std::string RemedyOf(const UnprogrammedRoute& route) {
  if (route.problem != RouteProblem::kDetour) return "";
  return "BIRD has lost sight of its own network, as when one of two addresses there was removed. `birdcl restart "
         "direct1` (for IPv6 with -s /var/run/calico/bird6.ctl) makes it look again and costs no session.";
}

// BIRD's own table is asked for only when its counters and the kernel's routes disagree: while they agree, there is
// nothing to judge, whatever else is unread.
Judgement RoutesMissing(const Evidence& evidence) {
  std::vector<Finding> findings;
  absl::Status unread;
  for (const Family family : kFamilies) {
    const Table<BirdRoute>& table = *evidence.before.birds[family].table;
    const BirdView& seen = evidence.birds[family];
    const absl::Status asked = FirstError({table.status(), WhyUnread(evidence, family)});
    if (absl::IsNotFound(asked)) continue;
    unread.Update(FirstError({asked, evidence.now.routes.status()}));
    if (!asked.ok() || seen.routes == nullptr || seen.status->recovery) continue;
    for (const UnprogrammedRoute& route : UnprogrammedRoutes(*table, seen))
      findings.push_back({route.destination, family, DetailOf(route), RemedyOf(route)});
  }
  return Judged(std::move(findings), unread);
}

const RegisterCheck registered(
    {
        .name = "route_missing_from_kernel",
        .severity = Severity::kCritical,
        .summary = "A route that BIRD has learned is not in the kernel, or leads elsewhere there.",
        .impact = "Pods of this node do not reach that block, although BGP is fine.",
        .meaning =
            "The kernel, not BIRD, forwards packets. Another program took the route's place (BIRD marks its own ` "
            "!` then), or BIRD kept a gateway from before its restart, which Calico's BIRD does not repair behind "
            "tunl0, or something deletes routes. Other gateways are judged for peers of the mesh only.",
        .remedy =
            "Compare `ip route get ADDRESS` with `birdcl show route for ADDRESS`. Delete the foreign or stale route "
            "(ip route del PREFIX); BIRD puts its own back within seconds. If it does not, restart calico-node here.",
        .time_to_hold = absl::Seconds(3),  // BIRD repairs what it can every 2 s
        .causes = {{"bird_down", Tie::kSameFamily},
                   {"graceful_restart_blocked", Tie::kSameFamily},
                   {"tunnel_device_missing"},
                   {"tunnel_device_down"},
                   {"tunnel_address_missing"},
                   {"route_owner_conflict"}},
    },
    JudgeNode(RoutesMissing));

}  // namespace
}  // namespace caliwatch
