// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/path/tunnel_hops.h"

#include <algorithm>
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/analysis/path/hop_findings.h"
#include "lib/analysis/path/pod_hops.h"
#include "lib/analysis/path/route_hops.h"
#include "lib/analysis/routes/tunnel_underlay.h"

namespace caliwatch {
namespace {

// Whoever is asked in vain is asked anew every few seconds: an entry that is older shows only that nobody asks.
constexpr absl::Duration kAskedNow = absl::Seconds(10);
// For so long the kernel waits for an answer before it asks again.
constexpr absl::Duration kAnswersWithin = absl::Seconds(1);

// Somebody was asked, and is known not to answer now.
bool IsSilent(const Neighbor& entry) {
  if (!entry.unchanged || entry.unchanged->value > kAskedNow) return false;
  return (entry.state & NUD_FAILED) != 0 || entry.unchanged->value >= kAnswersWithin;
}

bool IsTunnel(const Link& link) { return link.role == LinkRole::kTunnel; }

std::string MtuText(const Link& link) { return absl::StrCat("MTU ", link.mtu); }

// The node at the far end of a VXLAN tunnel, by what Felix entered: the MAC of its tunnel address, and the node of that
// MAC. What is missing is told of the hop.
std::optional<IpAddress> VxlanEnd(const IpAddress& gateway, const Link& device, const PathEvidence& evidence,
                                  Hop& hop) {
  const Snapshot& node = evidence.node;
  if (const absl::Status unread = FirstError({node.neighbors.status(), node.fdb.status()}); !unread.ok()) {
    Worsen(hop, HopVerdict::kUnknown, std::string(unread.message()));
    return std::nullopt;
  }
  const Neighbor* entry = NeighborAt(gateway, device.index, *node.neighbors);
  if (entry == nullptr || !entry->mac || !entry->IsUsable()) {
    Worsen(hop, HopVerdict::kWrong, absl::StrCat("no MAC address is known there for ", gateway.ToString()));
    return std::nullopt;
  }
  absl::StrAppend(&hop.what, ", MAC ", ToString(*entry->mac));
  for (const FdbEntry& row : *node.fdb)
    if (row.link == device.index && row.mac == *entry->mac && row.destination) {
      absl::StrAppend(&hop.what, " at node ", row.destination->ToString());
      return row.destination;
    }
  Worsen(hop, HopVerdict::kWrong, "the FDB has no node for that MAC address");
  return std::nullopt;
}

std::string SourceText(const Link& device, Family outer, const PathEvidence& evidence) {
  if (device.vxlan && device.vxlan->local) return absl::StrCat(", source ", device.vxlan->local->ToString());
  const auto& own = evidence.report.this_node.addresses[outer];
  return own ? absl::StrCat(", source ", own->ToString(), " as a rule") : "";
}

// Where the far end of a tunnel is; "what" of the hop says how that is known.
std::optional<IpAddress> FarEnd(const Link& device, const IpAddress& gateway, const PathEvidence& evidence, Hop& hop) {
  if (device.kind == "wireguard") {
    absl::StrAppend(&hop.what, ", which keeps to itself where its other end is");
    return std::nullopt;
  }
  if (device.kind != "vxlan") return gateway;
  if (device.vxlan && device.vxlan->flow_based) {
    Worsen(hop, HopVerdict::kUnknown, "its packets bring their destination themselves (eBPF)");
    return std::nullopt;
  }
  return VxlanEnd(gateway, device, evidence, hop);
}

void JudgeState(const Link& link, Hop& hop) {
  if (!link.up) return Worsen(hop, HopVerdict::kWrong, "it is switched off");
  if (!IsTunnel(link) && !link.carrier) Worsen(hop, HopVerdict::kWrong, "it has no carrier");
}

// Who answers on the interface for the next machine.
void JudgeNeighbor(const IpAddress& next, const Link& link, const PathEvidence& evidence, Hop& hop) {
  if (!evidence.node.neighbors.ok())
    return Worsen(hop, HopVerdict::kUnknown, std::string(evidence.node.neighbors.status().message()));
  const Neighbor* entry = NeighborAt(next, link.index, *evidence.node.neighbors);
  if (entry == nullptr) {
    absl::StrAppend(&hop.what, ": no entry; the kernel asks with the first packet");
    return;
  }
  absl::StrAppend(&hop.what, " is ", NeighborText(*entry));
  if (entry->unchanged) hop.age = entry->unchanged->value;
  if (!entry->IsUnanswered()) return;
  if (IsSilent(*entry))
    Worsen(hop, HopVerdict::kWrong, absl::StrCat("nobody answers there for ", next.ToString()));
  else
    Worsen(hop, HopVerdict::kUnknown, "nobody has answered since the kernel asked last");
}

Hop UnderlayHop(const Route& route, const IpAddress& to, const IpAddress& node, const PathEvidence& evidence) {
  Hop hop{HopKind::kUnderlay};
  const IpAddress next = route.gateway.value_or(to);
  const Link* link = evidence.links.Find(route.link);
  hop.what = absl::StrCat(evidence.links.NameOf(route.link),
                          link != nullptr ? absl::StrCat(" (", MtuText(*link), ")") : "", ": ", next.ToString());
  if (link == nullptr) {
    Worsen(hop, HopVerdict::kUnknown, "the interface came after interfaces were read");
  } else {
    JudgeState(*link, hop);
    JudgeNeighbor(next, *link, evidence, hop);
  }
  TakeFindings(evidence.report, {next.family, {next, node}}, hop);
  return hop;
}

// To the far end of a tunnel, by the routes of the hosts.
Hop UnderlayTo(const IpAddress& node, const PathEvidence& evidence) {
  const auto hops = evidence.lookup.Find({.to = node});
  if (!hops.empty() && hops.front().type == RTN_UNICAST) return UnderlayHop(hops.front(), node, node, evidence);
  Hop hop{HopKind::kUnderlay, HopVerdict::kWrong, absl::StrCat("the way to node ", node.ToString())};
  hop.why = hops.empty() ? "no route leads there" : absl::StrCat("the route is ", RouteText(hops.front(), evidence));
  TakeFindings(evidence.report, {node.family, {node}}, hop);
  return hop;
}

Departure ByTunnel(const Link& device, const Route& route, const IpAddress& to, const PathEvidence& evidence) {
  Departure departure;
  const IpAddress gateway = route.gateway.value_or(to);
  Hop hop{HopKind::kTunnel, HopVerdict::kGood, absl::StrCat(device.name, " (", MtuText(device), ")")};
  if (device.kind == "vxlan") absl::StrAppend(&hop.what, " to tunnel address ", gateway.ToString());
  JudgeState(device, hop);
  departure.node = FarEnd(device, gateway, evidence, hop);
  absl::StrAppend(
      &hop.what, device.kind == "vxlan" || !departure.node ? "" : absl::StrCat(" to node ", departure.node->ToString()),
      SourceText(device, departure.node ? departure.node->family : to.family, evidence));
  TakeFindings(evidence.report, {to.family, {InterfaceName{device.name}, gateway}}, hop);
  departure.hops.push_back(std::move(hop));
  if (departure.node) departure.hops.push_back(UnderlayTo(*departure.node, evidence));
  return departure;
}

// The address that other nodes send to is not always known.
std::string ArrivalText(const Link& link, Family family, const PathEvidence& evidence) {
  const auto& own = evidence.report.this_node.addresses[family];
  const std::string sent = own ? absl::StrCat(", which other nodes send to ", own->ToString()) : "";
  return IsTunnel(link) ? absl::StrCat("the packets of the tunnel", sent)
                        : absl::StrCat("what comes in by ", link.name, sent);
}

// One finding about this node's own address is about all that comes in: which it is, only the check knows.
std::vector<Thing> OwnAddressFindings(const Report& report) {
  std::vector<Thing> subjects;
  for (const Verdict& verdict : report.verdicts)
    if (verdict.check->name == "bgp_source_address_not_local" || verdict.check->name == "node_address_wrong" ||
        verdict.check->name == "node_address_unsteady")
      for (const OpenFinding& open : verdict.findings) subjects.push_back(open.finding.subject);
  return subjects;
}

}  // namespace

Departure DepartBy(const Route& route, const IpAddress& to, const PathEvidence& evidence) {
  const Link* link = evidence.links.Find(route.link);
  if (link != nullptr && IsTunnel(*link)) return ByTunnel(*link, route, to, evidence);
  const IpAddress node = route.gateway.value_or(to);
  Departure departure{{UnderlayHop(route, to, node, evidence)}, node};
  // Beyond the default route's gateway it is nobody's node.
  if (route.destination.IsDefault()) departure.node.reset();
  return departure;
}

std::vector<Hop> ArriveBy(const Link& link, Family family, const PathEvidence& evidence) {
  std::vector<Hop> hops;
  Hop underlay{HopKind::kUnderlay, HopVerdict::kGood, ArrivalText(link, family, evidence)};
  if (!IsTunnel(link)) JudgeState(link, underlay);
  TakeFindings(evidence.report, {family, OwnAddressFindings(evidence.report)}, underlay);
  hops.push_back(std::move(underlay));
  if (!IsTunnel(link)) return hops;
  Hop tunnel{HopKind::kTunnel, HopVerdict::kGood, absl::StrCat("out of ", link.name)};
  JudgeState(link, tunnel);
  TakeFindings(evidence.report, {family, {InterfaceName{link.name}}}, tunnel);
  hops.push_back(std::move(tunnel));
  return hops;
}

std::optional<Hop> LostTunnelHop(Family family, const PathEvidence& evidence) {
  for (const absl::string_view tunnel : {"tunl0", "vxlan.calico", "vxlan-v6.calico"}) {
    if (FamilyOfTunnel(tunnel) != family) continue;
    Hop hop{HopKind::kTunnel, HopVerdict::kGood, absl::StrCat("out of ", tunnel)};
    TakeFindings(evidence.report, {family, {InterfaceName{std::string(tunnel)}}, std::nullopt, HopEffect::kNotes}, hop);
    const auto is_lost = [](const HopFinding& found) {
      return found.check->name == "tunnel_device_down" || found.check->name == "tunnel_device_missing";
    };
    if (std::none_of(hop.findings.begin(), hop.findings.end(), is_lost)) continue;
    Worsen(hop, HopVerdict::kUnknown, "what the other node sends to pods by the tunnel does not come in");
    return hop;
  }
  return std::nullopt;
}

}  // namespace caliwatch
