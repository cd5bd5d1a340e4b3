// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/ipip_tunnel.h"
#include "lib/analysis/routes/unreachable_routes.h"

namespace caliwatch {
namespace {

std::string Text(const std::optional<IpAddress>& address) { return address ? address->ToString() : "a peer"; }

bool HoldsItself(const UnreachableRoute& route) { return route.network == route.destination; }

std::string Announced(const UnreachableRoute& route) {
  if (!route.announcer) return "is unreachable, as BIRD knows no usable next hop for it";
  return absl::StrCat("is unreachable: BIRD has it from ", route.announcer->ToString(),
                      ", and cannot resolve its next hop");
}

std::string DetailOf(const UnreachableRoute& route) {
  std::string announced = Announced(route);
  switch (route.why) {
    case NoNextHop::kLearnedItself:
      if (HoldsItself(route))
        return absl::StrCat(announced, ": that address lies in this very network, which was itself learned by BGP");
      return absl::StrCat(announced, ": the way there, ", route.network->ToString(),
                          ", was itself learned by BGP, from ", Text(route.network_from),
                          ", and BIRD does not resolve one such route by another");
    case NoNextHop::kForgotten:
      return absl::StrCat(announced, ": it is on ", route.network->ToString(),
                          ", a network of this node's own of which BIRD has no route any more");
    case NoNextHop::kNoRoute:
      return absl::StrCat(announced, ": BIRD has no route there at all, not even a default one");
    case NoNextHop::kUnknown:
      break;
  }
  return announced;
}

absl::string_view Birdcl(const UnreachableRoute& route) {
  return route.destination.address.family == Family::kIpv6 ? "birdcl -s /var/run/calico/bird6.ctl"
                                                           : "birdcl -s /var/run/calico/bird.ctl";
}

std::string RemedyOf(const UnreachableRoute& route) {
  switch (route.why) {
    case NoNextHop::kLearnedItself:
      return absl::StrCat(
          "See to it that ", Text(route.network_from), " no longer announces ", route.network->ToString(),
          " to the nodes: no IP pool may cover hosts' networks (calicoctl get ippool -o wide), and a filter at that "
          "router, or a BGPFilter with a reject rule for the peer, keeps it out. Or give this host a static route to ",
          route.network->ToString(),
          ". BIRD then finds the way within seconds; where the session has ended meanwhile, `", Birdcl(route),
          " restart PROTOCOL`.");
    case NoNextHop::kForgotten:
      return absl::StrCat("`", Birdcl(route),
                          " restart direct1` makes BIRD look at its interfaces again; it costs no session.");
    case NoNextHop::kNoRoute:
      return absl::StrCat("Give this host a route to ", Text(route.announcer),
                          ", a default route as a rule; BIRD learns it within seconds.");
    case NoNextHop::kUnknown:
      break;
  }
  return absl::StrCat("`", Birdcl(route), " show route all ", route.destination.ToString(),
                      "` has the next hop (BGP.next_hop) and `", Birdcl(route),
                      " show route for ADDRESS` the way there: it must be this host's own, as a static route is, and "
                      "not learned by BGP. Filter out or no longer announce what hides it.");
}

Finding FindingOf(const UnreachableRoute& route) {
  Finding finding{route.destination, route.destination.address.family, DetailOf(route), RemedyOf(route)};
  if (route.announcer) finding.related.emplace_back(*route.announcer);
  if (route.network) finding.related.emplace_back(*route.network);
  return finding;
}

// Where a pool leads through tunl0, BIRD has no usable next hop for its blocks while tunl0 is of no use.
bool MayLackTunnel(const UnreachableRoute& route) {
  return route.destination.address.family == Family::kIpv4 && route.why != NoNextHop::kLearnedItself &&
         route.why != NoNextHop::kForgotten;
}

bool IsTunl0InTrouble(const Snapshot& node) {
  return node.links.ok() && node.addresses.ok() && !TroubleOfTunl0(*node.links, *node.addresses).empty();
}

// What is in the kernel counts without BIRD's table, which says why.
Judgement RoutesUnreachable(const Evidence& evidence) {
  if (!evidence.now.routes.ok()) return evidence.now.routes.status();
  std::vector<Finding> findings;
  const bool in_trouble = IsTunl0InTrouble(evidence.now);
  for (const BirdView& seen : evidence.birds) {
    const Table<BirdRoute>& table = *evidence.before.birds[seen.family].table;
    for (const UnreachableRoute& route : UnreachableRoutes(seen, table.ok() ? &*table : nullptr)) {
      findings.push_back(FindingOf(route));
      if (in_trouble && MayLackTunnel(route)) findings.back().related.emplace_back(InterfaceName{"tunl0"});
    }
  }
  return findings;
}

// The first of that kind.
template <class Wanted>
const Wanted* Related(const Finding& finding) {
  for (const Thing& thing : finding.related)
    if (const auto* found = std::get_if<Wanted>(&thing)) return found;
  return nullptr;
}

bool IsInTable(const Prefix& network, const Table<BirdRoute>& table) {
  return table.ok() && std::any_of(table->begin(), table->end(),
                                   [&](const BirdRoute& route) { return route.destination == network; });
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const Family family = finding.family.value_or(Family::kIpv4);
  const auto* announcer = Related<IpAddress>(finding);
  const auto* network = Related<Prefix>(finding);
  if (network != nullptr && !IsInTable(*network, *evidence.before.birds[family].table))  // NoNextHop::kForgotten
    return {Change(Birdcl(evidence, family, "restart direct1"))};
  Commands commands = {Look(Birdcl(evidence, family, absl::StrCat("show route all ", SubjectWord(finding))))};
  if (announcer != nullptr) commands.push_back(Look(absl::StrCat(Ip(family), " route get ", announcer->ToString())));
  if (network != nullptr) commands.push_back(Look("calicoctl get ippool -o wide"));
  return commands;
}

const RegisterCheck registered(
    {
        .name = "route_unreachable",
        .severity = Severity::kCritical,
        .summary = "BIRD has a route and cannot resolve its next hop: the kernel refuses all packets to it.",
        .impact = "This node and its pods do not reach that destination, although the session that it came by is up.",
        .meaning =
            "BIRD looks the next hop of a BGP route up in its own table, and does not resolve it by another BGP route. "
            "Where the network of the other node, or of its rack, comes by BGP as well, it hides the host's own route; "
            "BIRD then writes the destination into the kernel as `unreachable`. The same happens when BIRD has no "
            "route to the next hop. BIRD's own routes are blackholes, so that this is always a fault.",
        .remedy = "Keep hosts' networks out of BGP (no IP pool that covers them, a filter), or give the host a static "
                  "route to the next hop.",
        .time_to_hold = absl::Seconds(5),  // while routes and interfaces change, BIRD may not know a way for a moment
        .causes = {{"bird_down", Tie::kSameFamily},
                   {"tunnel_device_missing"},
                   {"tunnel_device_down"},
                   {"tunnel_address_missing"}},
        .says = "is not reached: BIRD cannot resolve its next hop",
    },
    JudgeNode(RoutesUnreachable), CommandsOf);

}  // namespace
}  // namespace caliwatch
