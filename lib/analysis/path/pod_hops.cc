// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/path/pod_hops.h"

#include <algorithm>
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <linux/netconf.h>

#include "lib/analysis/path/hop_findings.h"

namespace caliwatch {
namespace {

std::string Of(const PathEnd& pod) { return pod.owner.empty() ? "" : absl::StrCat(" of ", pod.owner); }

// What checks call it: its name, or its address where nobody names it.
PodName NameOf(const PathEnd& pod) {
  absl::string_view name = pod.owner;
  return {absl::ConsumePrefix(&name, "pod ") ? std::string(name) : pod.address.ToString()};
}

const PodGateway* GatewayOf(const PathEnd& pod, const PathEvidence& evidence) {
  const auto& gateways = std::get<absl::StatusOr<PodGateways>>(evidence.derived);
  if (!gateways.ok()) return nullptr;
  const auto found = std::find_if(gateways->begin(), gateways->end(), [&](const PodGateway& each) {
    return each.family == pod.address.family && each.veth->name == pod.interface;
  });
  return found != gateways->end() ? &*found : nullptr;
}

// Where nobody looked inside.
std::string NotLookedInto(const PathEvidence& evidence) {
  const absl::Status& pods = evidence.node.pods.status();
  if (absl::IsNotFound(pods) || pods.ok()) return "nobody looked into the pod for its own route (--check.pods does)";
  return absl::StrCat("the pod could not be looked into: ", pods.message());
}

constexpr int kStrict = 1;  // rp_filter

// The pod has the right MAC address, and sends until it has to ask anew.
bool Remembers(const PodGateway& gateway) {
  return gateway.entry != nullptr && gateway.entry->IsUsable() && gateway.entry->mac == gateway.veth->mac;
}

absl::StatusOr<bool> Forwards(int link, Family family, const Table<NetConf>& netconf) {
  if (!netconf.ok()) return netconf.status();
  for (const NetConf& row : *netconf)
    if (row.family == family && row.link == link && row.forwarding) return *row.forwarding != 0;
  return absl::UnknownError("the kernel does not say whether it is on");
}

int ReversePathFilter(int link, const std::vector<NetConf>& netconf) {
  int filter = 0;
  for (const NetConf& row : netconf)
    if (row.family == Family::kIpv4 && (row.link == link || row.link == NETCONFA_IFINDEX_ALL))
      filter = std::max(filter, row.rp_filter.value_or(0));  // the kernel takes the stricter one, too
  return filter;
}

// Why the filter drops what comes from the pod; "": it lets it pass.
std::string WhyDropped(const PathEnd& pod, const Link& veth, int filter, const RouteLookup& lookup) {
  const auto hops = lookup.Find({.to = pod.address});
  if (hops.empty() || hops.front().type != RTN_UNICAST) return "no route leads back to it";
  if (filter == kStrict && !LeavesBy(hops, veth.index)) return "the route back to it leads elsewhere";
  return "";
}

}  // namespace

const Link* LinkOf(absl::string_view name, const PathEvidence& evidence) {
  for (const Link& link : *evidence.node.links)
    if (link.name == name) return &link;
  return nullptr;
}

const Neighbor* NeighborAt(const IpAddress& address, int link, const std::vector<Neighbor>& neighbors) {
  const auto entry = std::find_if(neighbors.begin(), neighbors.end(), [&](const Neighbor& each) {
    return each.link == link && each.address == address && (each.flags & NTF_PROXY) == 0;
  });
  return entry != neighbors.end() ? &*entry : nullptr;
}

std::string NeighborText(const Neighbor& neighbor) {
  return absl::StrCat(neighbor.mac ? absl::StrCat(ToString(*neighbor.mac), ", ") : "",
                      NeighborStateName(neighbor.state));
}

namespace {

// Of an address of this node's blocks that nobody has. With a pod's interface that is down Felix takes its routes and
// its file away, and then nothing here says whose it was.
Hop NobodysHop(const PathEnd& pod, const PathEvidence& evidence) {
  Hop hop{HopKind::kInterface, HopVerdict::kWrong, absl::StrCat(pod.address.ToString(), " is of a block of this node"),
          "no pod here has it, or none whose interface is up"};
  HopThings things{pod.address.family, {}};
  things.at_most = HopEffect::kNotes;
  for (const Link& link : *evidence.node.links)
    if (link.IsWorkload() && !(link.up && link.carrier)) things.things.emplace_back(InterfaceName{link.name});
  TakeFindings(evidence.report, things, hop);
  return hop;
}

}  // namespace

Hop InterfaceHop(const PathEnd& pod, const PathEvidence& evidence) {
  if (pod.interface.empty()) return NobodysHop(pod, evidence);
  Hop hop{HopKind::kInterface, HopVerdict::kGood, absl::StrCat(pod.interface, Of(pod))};
  const Link* link = LinkOf(pod.interface, evidence);
  if (link == nullptr)
    Worsen(hop, HopVerdict::kWrong, "there is no such interface");
  else if (!link->up)
    Worsen(hop, HopVerdict::kWrong, "it is switched off");
  else if (!link->carrier)
    Worsen(hop, HopVerdict::kWrong, "it has no carrier: its other end, in the pod, is down");
  else
    absl::StrAppend(&hop.what, ", up, MTU ", link->mtu);
  TakeFindings(evidence.report, {pod.address.family, {InterfaceName{pod.interface}, pod.address, NameOf(pod)}}, hop);
  return hop;
}

Hop GatewayHop(const PathEnd& pod, const PathEvidence& evidence) {
  Hop hop{HopKind::kGateway};
  const PodGateway* gateway = GatewayOf(pod, evidence);
  if (gateway == nullptr) {
    hop.what = NotLookedInto(evidence);
  } else if (!gateway->gateway) {
    hop.what = "the pod has no default route";
    Worsen(hop, HopVerdict::kUnknown, "it has another way out than Calico's, or none");
  } else if (gateway->entry == nullptr) {
    hop.what = absl::StrCat("the pod sends to ", gateway->gateway->ToString(), ", which it has not asked for yet");
  } else {
    hop.what =
        absl::StrCat("the pod sends to ", gateway->gateway->ToString(), ", which is ", NeighborText(*gateway->entry));
    hop.age = gateway->entry->unchanged_for;
    if (gateway->entry->IsUnanswered()) Worsen(hop, HopVerdict::kUnknown, "nobody answered when it asked last");
  }
  HopThings things{pod.address.family, {InterfaceName{pod.interface}, NameOf(pod)}};
  if (gateway != nullptr && Remembers(*gateway)) things.at_most = HopEffect::kLimits;
  TakeFindings(evidence.report, things, hop);
  return hop;
}

std::optional<Hop> SourceHop(const PathEnd& pod, const PathEvidence& evidence) {
  const Link* link = LinkOf(pod.interface, evidence);
  if (pod.address.family != Family::kIpv4 || link == nullptr || !evidence.node.netconf.ok()) return std::nullopt;
  const int filter = ReversePathFilter(link->index, *evidence.node.netconf);
  if (filter == 0) return std::nullopt;
  const std::string why = WhyDropped(pod, *link, filter, evidence.lookup);
  if (why.empty()) return std::nullopt;
  Hop hop{HopKind::kSource, HopVerdict::kWrong,
          absl::StrCat("what comes from ", pod.address.ToString(), " by ", pod.interface, " (rp_filter ", filter, ")"),
          absl::StrCat("the kernel drops it: ", why)};
  TakeFindings(evidence.report, {pod.address.family, {pod.address, Prefix(pod.address, pod.address.bits())}}, hop);
  return hop;
}

std::optional<Hop> ForeignSourceHop(const PathEnd& from, const Link& link, const PathEvidence& evidence) {
  if (from.address.family != Family::kIpv4 || !evidence.node.netconf.ok()) return std::nullopt;
  if (ReversePathFilter(link.index, *evidence.node.netconf) != kStrict) return std::nullopt;
  if (LeavesBy(evidence.lookup.Find({.to = from.address}), link.index)) return std::nullopt;
  return Hop{HopKind::kSource, HopVerdict::kUnknown,
             absl::StrCat("what comes from ", from.address.ToString(), " by ", link.name, " (rp_filter 1)"),
             "the route back leads elsewhere, so that the kernel drops it, unless the pod's node puts its own address "
             "in (natOutgoing of the IP pool), which is not looked at"};
}

// IPv4 asks the interface that a packet came in by, IPv6 `all` alone.
Hop ForwardingHop(const Link& link, Family family, const PathEvidence& evidence) {
  Hop hop{HopKind::kForwarding, HopVerdict::kGood, absl::StrCat("of what comes in by ", link.name)};
  const absl::StatusOr<bool> forwards =
      Forwards(family == Family::kIpv4 ? link.index : NETCONFA_IFINDEX_ALL, family, evidence.node.netconf);
  if (!forwards.ok())
    Worsen(hop, HopVerdict::kUnknown, std::string(forwards.status().message()));
  else if (!*forwards)
    Worsen(hop, HopVerdict::kWrong, "it is off: the kernel passes nothing on");
  else
    hop.what = absl::StrCat("on, ", hop.what);
  TakeFindings(evidence.report, {family, {InterfaceName{link.name}, FamilyWide::kForwarding}}, hop);
  return hop;
}

Hop NeighborHop(const PathEnd& pod, const PathEvidence& evidence) {
  Hop hop{HopKind::kNeighbor, HopVerdict::kGood, pod.address.ToString()};
  const Link* link = LinkOf(pod.interface, evidence);
  if (!evidence.node.neighbors.ok()) {
    Worsen(hop, HopVerdict::kUnknown, std::string(evidence.node.neighbors.status().message()));
  } else if (const Neighbor* entry =
                 link != nullptr ? NeighborAt(pod.address, link->index, *evidence.node.neighbors) : nullptr) {
    absl::StrAppend(&hop.what, " is ", NeighborText(*entry));
    if (entry->unchanged) hop.age = entry->unchanged->value;
    if (entry->IsUnanswered()) Worsen(hop, HopVerdict::kUnknown, "nobody answered when the kernel asked last");
  } else {
    absl::StrAppend(&hop.what, ": no entry; the kernel asks with the first packet");
  }
  TakeFindings(evidence.report, {pod.address.family, {pod.address}}, hop);
  return hop;
}

}  // namespace caliwatch
