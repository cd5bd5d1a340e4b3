// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/evidence/lost_routes.h"
#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/route_text.h"

namespace caliwatch {
namespace {

std::string Gateways(const UnprogrammedRoute& route) {
  if (route.kernels.empty()) return "no gateway";
  return absl::StrJoin(route.kernels, ", ",
                       [](std::string* text, const IpAddress& gateway) { absl::StrAppend(text, gateway.ToString()); });
}

std::string DetailOf(const UnprogrammedRoute& route, const LinkIndex& links, absl::string_view trouble) {
  const std::string by_bird = absl::StrCat("BIRD's best route leads to ", route.gateway.ToString());
  switch (route.problem) {
    case RouteProblem::kRefused:
      if (route.in_place)
        return absl::StrCat(by_bird, ", but the kernel refuses it: ", DescribeRoute(*route.in_place, links),
                            " is in its place");
      return absl::StrCat(by_bird, ", but the kernel refuses it, and has nothing in its place",
                          trouble.empty() ? "" : absl::StrCat("; tunl0, which an IPIP pool needs, ", trouble));
    case RouteProblem::kOtherGateway:
      return absl::StrCat(by_bird, ", but the kernel sends to ", Gateways(route));
    case RouteProblem::kDetour:
      return absl::StrCat(by_bird, ", and so does the kernel, but ", route.peer->ToString(),
                          ", which announces it, is on a network of this node's own");
    case RouteProblem::kMissing:
      break;
  }
  return absl::StrCat(by_bird, ", but the kernel has no route");
}

// For IPv6 BIRD is another, with another socket.
absl::string_view Socket(Family family) {
  return family == Family::kIpv6 ? "birdcl -s /var/run/calico/bird6.ctl" : "birdcl -s /var/run/calico/bird.ctl";
}

std::string RemedyOf(const UnprogrammedRoute& route, const LinkIndex& links, absl::string_view trouble) {
  const Family family = route.destination.address.family;
  switch (route.problem) {
    case RouteProblem::kDetour:
      return absl::StrCat("BIRD has lost sight of its own network, as when one of two addresses there was removed. `",
                          Socket(family), " restart direct1` makes it look again and costs no session.");
    case RouteProblem::kRefused:
      if (route.in_place)
        return absl::StrCat("Delete what is in its place, `", CommandToDelete(*route.in_place, links),
                            "`: BIRD writes its own route within seconds. Find what made it (a VPN, netplan, a DHCP "
                            "server, another network plugin), or it comes back.");
      return absl::StrCat(trouble.empty() ? "" : "If the pool of this block is IPIP, put tunl0 right first. ",
                          "BIRD tries again every 2 s and logs the kernel's reason each time: kubectl -n calico-system "
                          "logs NAME -c calico-node, lines with `Netlink:`.");
    case RouteProblem::kOtherGateway:
      return absl::StrCat("Compare with `", Socket(family), " show route for ", route.destination.address.ToString(),
                          "`. A route that BIRD kept from before its restart it does not repair behind tunl0: `",
                          family == Family::kIpv6 ? "ip -6 route del " : "ip route del ", route.destination.ToString(),
                          " proto bird`; BIRD writes the right one within seconds.");
    case RouteProblem::kMissing:
      break;
  }
  return "BIRD writes a route that is gone within 2 s. One that stays away something deletes again and again (`ip "
         "monitor route` shows it), or BIRD cannot write: see calico-node's log, then restart calico-node here.";
}

Finding FindingOf(const UnprogrammedRoute& route, const LinkIndex& links, absl::string_view trouble) {
  Finding finding{route.destination, route.destination.address.family, DetailOf(route, links, trouble),
                  RemedyOf(route, links, trouble)};
  const bool may_want_tunnel =
      route.problem == RouteProblem::kMissing || (route.problem == RouteProblem::kRefused && !route.in_place);
  if (may_want_tunnel && !trouble.empty()) finding.related.emplace_back(InterfaceName{"tunl0"});
  return finding;
}

Commands LinesFor(const UnprogrammedRoute& route, const LinkIndex& links, const Evidence& evidence) {
  const Family family = route.destination.address.family;
  const std::string destination = route.destination.ToString();
  switch (route.problem) {
    case RouteProblem::kDetour:
      return {Change(Birdcl(evidence, family, "restart direct1"))};
    case RouteProblem::kRefused:
      if (route.in_place) return {Change(CommandToDelete(*route.in_place, links))};
      return {Look(CalicoNodeLog(evidence, "Netlink:"))};
    case RouteProblem::kOtherGateway:
      return {Look(Birdcl(evidence, family, absl::StrCat("show route for ", route.destination.address.ToString()))),
              Change(absl::StrCat(Ip(family), " route del ", destination, " proto bird"))};
    case RouteProblem::kMissing:
      break;
  }
  return {Look(absl::StrCat(Ip(family), " route show ", destination)), Look(CalicoNodeLog(evidence, "-i -e bird:")),
          RestartCalicoNode(evidence)};
}

Judgement RoutesMissing(const Evidence& evidence) {
  const LostRoutes lost = RoutesLostBy(RouteOwner::kBird, evidence);
  std::vector<Finding> findings;
  findings.reserve(lost.rows.size());
  for (const LostRoute& row : lost.rows) {
    const LinkIndex& links = *std::get<absl::StatusOr<LinkIndex>>(evidence.derived);
    findings.push_back(FindingOf(*row.route, links, row.tunnel_trouble));
    findings.back().commands = LinesFor(*row.route, links, evidence);
  }
  return Judged(std::move(findings), lost.unread);
}

const RegisterCheck registered(
    {
        .name = "route_missing_from_kernel",
        .severity = Severity::kCritical,
        .summary = "A route that BIRD has learned is not in the kernel, or leads elsewhere there.",
        .impact = "Pods of this node do not reach that block, although BGP is fine.",
        .meaning = "The kernel, not BIRD, forwards packets. It refuses a route whose place is taken, or whose "
                   "interface is down (BIRD marks its own ` !` then); BIRD kept a gateway from before its restart, "
                   "which Calico's does not repair behind tunl0; or something deletes routes. Other gateways are "
                   "judged for peers of the mesh only. Not judged are default routes, what WireGuard takes before, and "
                   "what BIRD's filter leaves to Felix: felix_route_missing does.",
        .remedy = "Compare `ip route get ADDRESS` with `birdcl show route for ADDRESS`. Delete what is in the route's "
                  "place; BIRD puts its own back within seconds. If it does not, restart calico-node here.",
        .time_to_hold = absl::Seconds(3),  // BIRD repairs what it can every 2 s
        .causes = {{"bird_down", Tie::kSameFamily},
                   {"graceful_restart_blocked", Tie::kSameFamily},
                   {"tunnel_device_missing"},
                   {"tunnel_device_down"},
                   {"tunnel_address_missing"},
                   {"route_owner_conflict"}},
        .says = "is not reached: the kernel lacks the route that BIRD has, or has another",
    },
    JudgeNode(RoutesMissing));

}  // namespace
}  // namespace caliwatch
