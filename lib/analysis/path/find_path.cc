// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/path/find_path.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/commands.h"
#include "lib/analysis/path/path_end.h"
#include "lib/analysis/path/pod_hops.h"
#include "lib/analysis/path/route_hops.h"
#include "lib/analysis/path/tunnel_hops.h"

namespace caliwatch {
namespace {

using Hops = std::vector<Hop>;

void Append(Hops more, Hops& hops) { std::move(more.begin(), more.end(), std::back_inserter(hops)); }

// What only the other node sees. There, pods of this one are known by address alone.
Hop FarHop(absl::string_view what, const std::optional<IpAddress>& node, const PathEnd& from, const PathEnd& to) {
  const std::string there = node ? NodeOf(*node) : "its node";
  return {
      .kind = HopKind::kFarNode,
      .verdict = HopVerdict::kUnseen,
      .what = absl::StrCat(what, " is seen from ", there),
      .elsewhere = Look(absl::StrCat("caliwatch path ", from.address.ToString(), " ", to.address.ToString()), there)};
}

// The interface by which packets from another node's end come in: that which leads there; of a node to pods here, that
// which leads to its pods. To a node's own address nobody sends by a tunnel, but for an answer: into the tunnel the
// node sends as the tunnel's address. Null: none does.
const Link* LinkFrom(const PathEnd& from, const PathEnd& to, bool is_answer, const PathEvidence& evidence) {
  if (to.place == EndPlace::kPod && evidence.report.remote_nodes.ok())
    for (const RemoteNode& node : evidence.report.remote_nodes->rows)
      if (node.address == from.address && node.family == to.address.family && !node.interface.empty())
        return LinkOf(node.interface, evidence);
  const auto hops = evidence.lookup.Find({.to = from.address});
  const Link* towards = hops.empty() ? nullptr : evidence.links.Find(hops.front().link);
  const bool is_tunnel = towards != nullptr && towards->role == LinkRole::kTunnel;
  return is_tunnel && to.place == EndPlace::kNode && !is_answer ? LinkOf(to.interface, evidence) : towards;
}

// The node that an end elsewhere is at, or is; absent: it is not known.
std::optional<IpAddress> NodeOfEnd(const PathEnd& end, const PathEvidence& evidence) {
  const auto hops = evidence.lookup.Find({.to = end.address});
  if (hops.empty() || hops.front().type != RTN_UNICAST) return std::nullopt;
  return DepartBy(hops.front(), end.address, evidence).node;
}

// Until the kernel of this node decides where it goes. `is_answer`: to what came the other way. `came_by` is the
// interface by which it came, null where it is the node's own.
Hops Beginning(const PathEnd& from, const PathEnd& to, bool is_answer, const PathEvidence& evidence,
               const Link*& came_by) {
  Hops hops;
  switch (from.place) {
    case EndPlace::kNode:
      hops.push_back({HopKind::kThisNode, HopVerdict::kGood,
                      absl::StrCat(from.address.ToString(), " is this node's own, on ", from.interface)});
      return hops;
    case EndPlace::kPod:
      came_by = LinkOf(from.interface, evidence);
      hops.push_back(InterfaceHop(from, evidence));
      if (came_by == nullptr) return hops;
      hops.push_back(GatewayHop(from, evidence));
      if (auto source = SourceHop(from, evidence)) hops.push_back(*std::move(source));
      return hops;
    case EndPlace::kElsewhere:
      break;
  }
  came_by = LinkFrom(from, to, is_answer, evidence);
  hops.push_back(FarHop("how it leaves there", NodeOfEnd(from, evidence), from, to));
  if (came_by == nullptr) return hops;
  Append(ArriveBy(*came_by, from.address.family, evidence), hops);
  if (to.place == EndPlace::kPod && came_by->role != LinkRole::kTunnel)
    if (auto lost = LostTunnelHop(from.address.family, evidence)) hops.push_back(*std::move(lost));
  // Into a tunnel, a node sends as the tunnel's own address, unless it answers to what was sent to another.
  if (is_answer || came_by->role != LinkRole::kTunnel)
    if (auto source = ForeignSourceHop(from, *came_by, evidence)) hops.push_back(*std::move(source));
  return hops;
}

Packet PacketOf(const PathEnd& from, const PathEnd& to, const Link* came_by) {
  Packet packet{.to = to.address};
  // Of its own packets the kernel chooses the source.
  if (from.place != EndPlace::kNode) packet.from = from.address;
  if (came_by != nullptr) packet.input_interface = came_by->name;
  return packet;
}

// From the route on to another node.
void Depart(const Route& route, const PathEnd& from, const PathEnd& to, const PathEvidence& evidence, Hops& hops) {
  if (auto peer = PeerHop(route, evidence)) hops.push_back(*std::move(peer));
  Departure departure = DepartBy(route, to.address, evidence);
  Append(std::move(departure.hops), hops);
  if (departure.node != to.address && !route.destination.IsDefault())
    hops.push_back(FarHop("how it goes on there", departure.node, from, to));
}

Hops WayOf(const PathEnd& from, const PathEnd& to, bool is_answer, const PathEvidence& evidence) {
  const Link* came_by = nullptr;
  Hops hops = Beginning(from, to, is_answer, evidence, came_by);
  if (from.place == EndPlace::kPod && came_by == nullptr) return hops;  // none can begin
  if (to.place == EndPlace::kNode) {
    hops.push_back({HopKind::kThisNode, HopVerdict::kGood,
                    absl::StrCat(to.address.ToString(), " is this node's own, on ", to.interface)});
    return hops;
  }
  if (came_by != nullptr) hops.push_back(ForwardingHop(*came_by, from.address.family, evidence));
  const RouteDecision decision = evidence.lookup.Decide(PacketOf(from, to, came_by));
  hops.push_back(RulesHop(decision, to.address.family, evidence));
  if (hops.back().verdict == HopVerdict::kWrong && decision.hops.empty()) return hops;
  hops.push_back(RouteHop(decision, to, evidence));
  if (to.place == EndPlace::kPod) {
    hops.push_back(InterfaceHop(to, evidence));
    if (!to.interface.empty()) hops.push_back(NeighborHop(to, evidence));
  } else if (!decision.hops.empty() && decision.hops.front().type == RTN_UNICAST) {
    Depart(decision.hops.front(), from, to, evidence, hops);
  }
  return hops;
}

absl::Status CanTell(const Snapshot& node) {
  absl::Status unread = FirstError({node.links.status(), node.addresses.status(), node.routes.status()});
  if (!unread.ok()) return unread;
  if (HasEbpfDataPlane(*node.links))
    return absl::FailedPreconditionError(
        "Calico's eBPF data plane works here: it forwards packets by tables of its own, which caliwatch does not read");
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Path>> PathsBetween(const PathEnds& from, const PathEnds& to, const PathEvidence& evidence) {
  std::vector<Path> paths;
  for (const Family family : kFamilies) {
    if (!from[family] || !to[family]) continue;
    const PathEnd &begin = *from[family], &end = *to[family];
    if (begin.address == end.address) return absl::InvalidArgumentError("both ends are one and the same address");
    if (begin.place == EndPlace::kElsewhere && end.place == EndPlace::kElsewhere)
      return absl::FailedPreconditionError(
          absl::StrCat("neither ", begin.name, " nor ", end.name,
                       " is this node or a pod of it: ask on a node that has one of them"));
    paths.push_back({begin, end, WayOf(begin, end, false, evidence), WayOf(end, begin, true, evidence)});
  }
  if (!paths.empty()) return paths;
  return absl::InvalidArgumentError("the two ends have addresses of different families");
}

}  // namespace

absl::StatusOr<std::vector<Path>> FindPaths(absl::string_view from, absl::string_view to, const Snapshot& node,
                                            const Report& report, const PersistentState& kept) {
  if (absl::Status unread = CanTell(node); !unread.ok()) return unread;
  const absl::StatusOr<RouteLookup> lookup = RouteLookupOf(node.routes, node.rules);
  if (!lookup.ok()) return lookup.status();
  const Derived derived = Derive(node);
  const LinkIndex& links = *std::get<absl::StatusOr<LinkIndex>>(derived);
  const PathEvidence evidence{node, report, kept, derived, links, *lookup};
  const absl::StatusOr<PathEnds> begin = FindPathEnd(from, evidence), end = FindPathEnd(to, evidence);
  if (!begin.ok()) return begin.status();
  if (!end.ok()) return end.status();
  return PathsBetween(*begin, *end, evidence);
}

}  // namespace caliwatch
