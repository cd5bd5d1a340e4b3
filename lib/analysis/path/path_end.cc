// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/path/path_end.h"

#include <algorithm>
#include <string>
#include <utility>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

namespace caliwatch {
namespace {

const WorkloadAddress* FindAt(const IpAddress& address, const std::vector<WorkloadAddress>& rows) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.address == address; });
  return found != rows.end() ? &*found : nullptr;
}

// Also one whose interface is gone, which is then what is wrong.
const WorkloadAddress* WorkloadAt(const IpAddress& address, const Derived& derived) {
  const auto& workloads = std::get<absl::StatusOr<Workloads>>(derived);
  const auto& wanted = std::get<absl::StatusOr<WantedWorkloads>>(derived);
  const WorkloadAddress* found = workloads.ok() ? FindAt(address, workloads->rows) : nullptr;
  return found == nullptr && wanted.ok() ? FindAt(address, wanted->gone) : found;
}

// Of a pod that Calico has not written down: the interface that a route leads to.
std::string RoutedWorkload(const IpAddress& address, const PathEvidence& evidence) {
  const auto hops = evidence.lookup.Find({.to = address});
  if (hops.empty() || hops.front().gateway || hops.front().type != RTN_UNICAST) return "";
  const Link* link = evidence.links.Find(hops.front().link);
  return link != nullptr && link->IsWorkload() && hops.front().destination.IsSingleAddress() ? link->name : "";
}

PathEnd EndAt(const IpAddress& address, absl::string_view name, const PathEvidence& evidence) {
  PathEnd end{std::string(name), address};
  if (const WorkloadAddress* workload = WorkloadAt(address, evidence.derived)) {
    end.place = EndPlace::kPod;
    end.interface = workload->interface;
    end.owner = workload->owner;
    return end;
  }
  for (const Address& own : *evidence.node.addresses)
    if (own.address == address && evidence.links.Find(own.link) != nullptr) {
      end.place = EndPlace::kNode;
      end.interface = evidence.links.NameOf(own.link);
      return end;
    }
  end.interface = RoutedWorkload(address, evidence);
  const auto& blocks = std::get<absl::StatusOr<LocalBlocks>>(evidence.derived);
  if (!end.interface.empty() || (blocks.ok() && blocks->Contain(address))) end.place = EndPlace::kPod;
  return end;
}

// Of a pod without a file.
std::string WhyUnknown(absl::string_view pod, const PathEvidence& evidence) {
  for (const auto& [interface, owner] : evidence.kept.former_owners)
    if (owner == absl::StrCat("pod ", pod))
      return absl::StrCat("pod ", pod, " had ", interface,
                          ", and its endpoint-status file is gone: the interface is down, or the pod has ended");
  return absl::StrCat("no pod of this node is called ", pod);
}

absl::StatusOr<PathEnds> PodEnds(absl::string_view name, const PathEvidence& evidence) {
  const Table<Endpoint>& endpoints = evidence.node.endpoints;
  constexpr absl::string_view kInstead = ": give its address, as kubectl get pod -o wide shows it";
  if (!endpoints.ok())
    return absl::NotFoundError(
        absl::StrCat("this node knows no pod by its name, since endpoint-status cannot be read (",
                     endpoints.status().message(), ")", kInstead));
  PathEnds ends;
  bool found = false;
  for (const Endpoint& endpoint : *endpoints) {
    if (endpoint.workload != name) continue;
    for (const Prefix& prefix : endpoint.prefixes) {
      std::optional<PathEnd>& end = ends[prefix.address.family];
      if (!prefix.IsSingleAddress() || end) continue;
      end = PathEnd{std::string(name), prefix.address, EndPlace::kPod, endpoint.interface, OwnerName(endpoint)};
      found = true;
    }
  }
  if (found) return ends;
  return absl::NotFoundError(absl::StrCat(WhyUnknown(name, evidence), kInstead));
}

absl::StatusOr<PathEnds> NodeEnds(absl::string_view name, const PathEvidence& evidence) {
  PathEnds ends;
  const absl::StatusOr<std::string>& own = evidence.node.node_name;
  if (own.ok() && *own == name) {
    for (const Family family : kFamilies)
      if (const auto& address = evidence.report.this_node.addresses[family])
        ends[family] = EndAt(*address, name, evidence);
    if (ends[Family::kIpv4] || ends[Family::kIpv6]) return ends;
    return absl::NotFoundError(
        "it is not known by which address other nodes reach this one: give one of its addresses");
  }
  bool found = false;
  for (const PeerReport& peer : evidence.report.peers)
    if (peer.peer.address && GivenName(peer.peer) == name) {
      ends[peer.family] = EndAt(*peer.peer.address, name, evidence);
      found = true;
    }
  if (found) return ends;
  return absl::NotFoundError(absl::StrCat("this node", own.ok() ? absl::StrCat(", ", *own, ",") : "",
                                          " knows no node called ", name, ": give its address"));
}

}  // namespace

absl::StatusOr<PathEnds> FindPathEnd(absl::string_view name, const PathEvidence& evidence) {
  if (const absl::StatusOr<IpAddress> address = IpAddress::Parse(name); address.ok()) {
    PathEnds ends;
    ends[address->family] = EndAt(*address, name, evidence);
    return ends;
  }
  return absl::StrContains(name, "/") ? PodEnds(name, evidence) : NodeEnds(name, evidence);
}

}  // namespace caliwatch
