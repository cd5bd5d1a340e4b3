// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/path/route_hops.h"

#include <algorithm>
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/analysis/path/hop_findings.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/route_text.h"
#include "lib/analysis/routes/tunnel_underlay.h"
#include "lib/model/route_owner.h"
#include "lib/model/route_protocol.h"

namespace caliwatch {
namespace {

std::string TableName(uint32_t table) {
  switch (table) {
    case RT_TABLE_MAIN:
      return "table main";
    case RT_TABLE_LOCAL:
      return "table local";
    case RT_TABLE_DEFAULT:
      return "table default";
    default:
      return absl::StrCat("table ", table);
  }
}

// Felix and the CNI plugin call themselves as everybody does who types a route.
std::string MadeByBoot(const Link* link) {
  if (link != nullptr && link->IsWorkload()) return "made by Felix or the CNI plugin (boot)";
  return link != nullptr && link->role == LinkRole::kTunnel ? "made by Felix (boot)" : "made by hand (boot)";
}

std::string MadeBy(const Route& route, const Link* link) {
  switch (OwnerOf(route)) {
    case RouteOwner::kBird:
      return "made by BIRD";
    case RouteOwner::kFelix:
      return "made by Felix";
    case RouteOwner::kBoot:
      return MadeByBoot(link);
    case RouteOwner::kKernel:
      return "made by the kernel";
    default:
      return absl::StrCat("made by ", RouteProtocolName(route.protocol));
  }
}

bool Refuses(const Route& route) {
  return route.type == RTN_BLACKHOLE || route.type == RTN_UNREACHABLE || route.type == RTN_PROHIBIT;
}

// By way of a gateway that the kernel had a route to this address when all was well, and that has been missed since.
std::optional<IpAddress> GatewayMissed(const IpAddress& to, const PathEvidence& evidence) {
  for (const ExpectedRoute& route : evidence.kept.convergence[to.family].expected.routes)
    if (route.destination.Contains(to)) return route.gateway;
  return std::nullopt;
}

// The far end of a VXLAN tunnel whose block holds the address: as a rule a node's tunnel address is of its own block,
// and blocks of a pool are of one size.
std::vector<Thing> TunnelEndsNear(const IpAddress& to, const PathEvidence& evidence) {
  const auto& local = std::get<absl::StatusOr<LocalBlocks>>(evidence.derived);
  std::vector<Thing> ends;
  if (!local.ok() || !evidence.node.neighbors.ok()) return ends;
  for (const Prefix& block : local->blocks) {
    if (block.address.family != to.family) continue;
    const Prefix around = Shortened(Prefix(to, to.bits()), block.length);
    for (const Neighbor& neighbor : *evidence.node.neighbors)
      if (evidence.links.HasRole(neighbor.link, LinkRole::kTunnel) && around.Contains(neighbor.address))
        ends.emplace_back(neighbor.address);
  }
  return ends;
}

// What explains that no route of Calico's leads to `to`.
HopThings ThingsWithoutRoute(const PathEnd& to, const PathEvidence& evidence) {
  HopThings things{to.address.family, {to.address, Prefix(to.address, to.address.bits())}, to.address};
  if (to.place == EndPlace::kPod) things.things.emplace_back(FamilyWide::kWorkloadRoutes);
  if (to.place != EndPlace::kElsewhere) return things;
  if (const auto gateway = GatewayMissed(to.address, evidence)) things.things.emplace_back(*gateway);
  for (Thing& end : TunnelEndsNear(to.address, evidence)) things.things.push_back(std::move(end));
  // With a tunnel the kernel loses all that led through it.
  for (const absl::string_view tunnel : {"tunl0", "vxlan.calico", "vxlan-v6.calico"})
    if (FamilyOfTunnel(tunnel) == to.address.family) things.things.emplace_back(InterfaceName{std::string(tunnel)});
  return things;
}

void JudgeToPod(const absl::Span<const Route> hops, const PathEnd& pod, const PathEvidence& evidence, Hop& hop) {
  if (hops.front().type == RTN_LOCAL)
    return Worsen(hop, HopVerdict::kWrong, "the node takes the pod's address for its own");
  const std::string name = evidence.links.NameOf(hops.front().link);
  if (name != pod.interface && std::none_of(hops.begin(), hops.end(), [&](const Route& route) {
        return evidence.links.NameOf(route.link) == pod.interface;
      }))
    Worsen(hop, HopVerdict::kUnknown, absl::StrCat("it leads to ", name, ", and not to ", pod.interface));
}

// Nodes of other networks are reached by the default route.
bool IsKnownNode(const IpAddress& address, const Report& report) {
  if (!report.remote_nodes.ok()) return false;
  const std::vector<RemoteNode>& nodes = report.remote_nodes->rows;
  return std::any_of(nodes.begin(), nodes.end(), [&](const RemoteNode& node) { return node.address == address; });
}

void JudgeToElsewhere(const Route& route, const PathEnd& to, const Report& report, Hop& hop) {
  if (route.destination.IsDefault() && !IsKnownNode(to.address, report))
    Worsen(
        hop, HopVerdict::kUnknown,
        absl::StrCat("only the default route leads there: right for an address outside of the cluster, and wrong if ",
                     to.address.ToString(), " is a pod's"));
}

// True: what leads there is what Calico made for it.
bool IsAsItShould(const Route& route, const PathEnd& to, const PathEvidence& evidence) {
  if (route.type != RTN_UNICAST) return false;
  return to.place == EndPlace::kPod ? evidence.links.NameOf(route.link) == to.interface : IsBlockRoute(route, evidence);
}

}  // namespace

bool IsBlockRoute(const Route& route, const PathEvidence& evidence) {
  if (route.type != RTN_UNICAST) return false;
  return IsRemoteBlock(route, evidence.links) || evidence.links.HasRole(route.link, LinkRole::kTunnel);
}

std::string RouteText(const Route& route, const PathEvidence& evidence) {
  const absl::string_view type = RouteTypeName(route.type);
  std::string text = type == "unicast" || type == "other" ? "" : absl::StrCat(type, " ");
  absl::StrAppend(&text, route.destination.IsDefault() ? "default" : route.destination.ToString());
  if (route.gateway) absl::StrAppend(&text, " by ", route.gateway->ToString());
  const Link* link = evidence.links.Find(route.link);
  if (link != nullptr) absl::StrAppend(&text, " on ", link->name);
  return absl::StrCat(text, ", ", MadeBy(route, link));
}

Hop RulesHop(const RouteDecision& decision, Family family, const PathEvidence& evidence) {
  Hop hop{HopKind::kRules};
  if (decision.rule == nullptr) {
    hop.what = "no policy rule leads to a table that has a route";
    return hop;
  }
  const Rule& rule = *decision.rule;
  const std::string number = absl::StrCat("rule ", rule.priority);
  if (decision.hops.empty()) {
    hop.what = number;
    Worsen(hop, HopVerdict::kWrong, "it refuses such packets");
    return hop;
  }
  // Where rules could not be read, these are the ones that the kernel begins with.
  const bool is_known = evidence.node.rules.ok() && !evidence.node.rules->empty();
  hop.what = absl::StrCat(TableName(rule.table), " decides", is_known ? absl::StrCat(" (", number, ")") : "");
  // A finding about a rule names the route that the rule finds in its table.
  if (rule.table != RT_TABLE_MAIN && rule.table != RT_TABLE_LOCAL)
    TakeFindings(evidence.report, {family, {decision.hops.front().destination}}, hop);
  return hop;
}

Hop RouteHop(const RouteDecision& decision, const PathEnd& to, const PathEvidence& evidence) {
  Hop hop{HopKind::kRoute};
  if (decision.hops.empty()) {
    hop.what = absl::StrCat("none to ", to.address.ToString());
    Worsen(hop, HopVerdict::kWrong, "no route leads there: the kernel refuses the packet");
    TakeFindings(evidence.report, ThingsWithoutRoute(to, evidence), hop);
    return hop;
  }
  const Route& route = decision.hops.front();
  hop.what = RouteText(route, evidence);
  if (decision.hops.size() > 1) absl::StrAppend(&hop.what, ", the first of ", decision.hops.size(), " next hops");
  if (Refuses(route))
    Worsen(hop, HopVerdict::kWrong, "it refuses the packet");
  else if (to.place == EndPlace::kPod)
    JudgeToPod(decision.hops, to, evidence, hop);
  else
    JudgeToElsewhere(route, to, evidence.report, hop);
  HopThings things{to.address.family, {}, std::nullopt};
  if (!IsAsItShould(route, to, evidence)) things = ThingsWithoutRoute(to, evidence);
  things.things.emplace_back(route.destination);
  TakeFindings(evidence.report, things, hop);
  return hop;
}

namespace {

// By BIRD's table, where it was asked for, else by the route's gateway: in a full mesh that is the peer. Null: neither
// says, as of a route reflector.
const PeerReport* PeerOf(const Route& route, const PathEvidence& evidence) {
  const Table<BirdRoute>& table = evidence.node.birds[route.family()].routes;
  std::string protocol;
  if (table.ok())
    for (const BirdRoute& row : *table)
      if (row.best && row.destination == route.destination) protocol = row.protocol;
  for (const PeerReport& each : evidence.report.peers)
    if (each.family == route.family() &&
        (protocol.empty() ? route.gateway && each.peer.address == route.gateway : each.peer.name == protocol))
      return &each;
  return nullptr;
}

}  // namespace

std::optional<Hop> PeerHop(const Route& route, const PathEvidence& evidence) {
  if (OwnerOf(route) != RouteOwner::kBird || route.type != RTN_UNICAST) return std::nullopt;
  Hop hop{HopKind::kPeer};
  HopThings things{route.family(), {FamilyWide::kBird}};
  const PeerReport* found = PeerOf(route, evidence);
  if (found == nullptr) {
    hop.what = "not known: BIRD has the route from none of its peers that is at the route's gateway";
  } else {
    const BgpPeer& peer = found->peer;
    const bool is_current = evidence.report.birds[route.family()].is_current();
    hop.what = absl::StrCat("the route is from ", peer.DisplayName(), " (", peer.name, "), whose session ",
                            peer.IsUp() ? "is up" : "is not up: the route stays only for a while");
    if (!is_current) absl::StrAppend(&hop.what, ", as BIRD said last; it does not answer now");
    if (found->since && is_current) hop.age = evidence.report.taken_at - *found->since;
    things.things.emplace_back(ProtocolName{peer.name});
    if (peer.address) things.things.emplace_back(*peer.address);
  }
  TakeFindings(evidence.report, things, hop);
  return hop;
}

}  // namespace caliwatch
