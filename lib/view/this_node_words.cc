// SPDX-License-Identifier: Apache-2.0
#include "lib/view/this_node_words.h"

#include <map>
#include <set>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include "lib/view/words.h"

namespace caliwatch {
namespace {

std::string Unknown(const absl::Status& why) { return absl::StrCat("unknown: ", why.message()); }

absl::string_view KindText(NodeWay way) {
  switch (way) {
    case NodeWay::kIpip:
      return "IPIP";
    case NodeWay::kVxlan:
      return "VXLAN";
    case NodeWay::kWireguard:
      return "WireGuard";
    case NodeWay::kDirect:
    case NodeWay::kNone:
      break;
  }
  return "tunnel";
}

std::string TunnelText(const NodeTunnel& tunnel) {
  const std::string addresses = absl::StrJoin(tunnel.addresses, ", ", [](std::string* text, const IpAddress& address) {
    absl::StrAppend(text, address.ToString());
  });
  return absl::StrCat(KindText(tunnel.way), " (", tunnel.device, ", ",
                      addresses.empty() ? "without an address" : addresses, tunnel.up ? "" : ", switched off", ")");
}

// Routes to pods are Felix' and the CNI plugin's own, under "boot"; older ones of others have that, too.
absl::string_view OwnerText(RouteOwner owner) {
  switch (owner) {
    case RouteOwner::kBird:
      return "by BIRD";
    case RouteOwner::kFelix:
      return "by Felix";
    case RouteOwner::kBoot:
      return "to pods, or by hand (boot)";
    case RouteOwner::kKernel:
    case RouteOwner::kStatic:
    case RouteOwner::kOther:
      break;
  }
  return "other";
}

}  // namespace

std::string AddressesText(const Report& report) {
  std::vector<std::string> addresses;
  for (const std::optional<IpAddress>& address : report.this_node.addresses)
    if (address) addresses.push_back(address->ToString());
  if (const absl::Status unread = report.this_node.tunnels.status(); addresses.empty() && !unread.ok())
    return Unknown(unread);
  return addresses.empty() ? "unknown: BGP and VXLAN use none that an interface has" : absl::StrJoin(addresses, ", ");
}

// A family whose BIRD answers is asked first.
std::optional<LocalAs> LocalAsOf(const Report& report) {
  for (const bool answering : {true, false})
    for (const Family family : kFamilies) {
      const std::optional<absl::Time> read = report.birds[family].read_before();
      if (read.has_value() == answering) continue;
      std::set<uint32_t> mesh;
      for (const PeerReport& peer : report.peers) {
        if (peer.family != family) continue;
        if (peer.peer.local_as) return LocalAs{*peer.peer.local_as, false, read};
        if (peer.peer.kind == PeerKind::kMesh && peer.peer.remote_as) mesh.insert(*peer.peer.remote_as);
      }
      if (mesh.size() == 1) return LocalAs{*mesh.begin(), true, read};
    }
  return std::nullopt;
}

std::string AsText(const Report& report) {
  if (!NoBirdText(report).empty()) return "";
  const std::optional<LocalAs> as = LocalAsOf(report);
  if (!as) return "unknown: BIRD does not tell it";
  return absl::StrCat(
      as->number, as->is_of_mesh ? " (its mesh's: this BIRD does not tell its own)" : "",
      as->read ? absl::StrCat(", as of ", absl::FormatTime("%H:%M:%S UTC", *as->read, absl::UTCTimeZone())) : "");
}

std::string EncapsulationText(const Report& report) {
  const auto& tunnels = report.this_node.tunnels;
  if (!tunnels.ok()) return Unknown(tunnels.status());
  if (tunnels->empty()) return "none: no tunnel of Calico's is there";
  return absl::StrJoin(*tunnels, "; ",
                       [](std::string* text, const NodeTunnel& tunnel) { *text += TunnelText(tunnel); });
}

std::string WorkloadsText(const Report& report) {
  const auto& workloads = report.this_node.workloads;
  const auto& interfaces = report.kernel.workload_interfaces;
  const std::string count = workloads.ok() ? absl::StrCat(*workloads) : Unknown(workloads.status());
  if (!interfaces.ok())
    return workloads.ok() ? absl::StrCat(count, "; interfaces ", Unknown(interfaces.status())) : count;
  const uint32_t all = interfaces->up + interfaces->down;
  return absl::StrCat(count, " (", all, all == 1 ? " interface" : " interfaces",
                      interfaces->down == 0 ? "" : absl::StrCat(", ", interfaces->down, " of them down"), ")");
}

std::vector<std::string> BlockLines(const Report& report) {
  const auto& blocks = report.kernel.block_use;
  if (!blocks.ok()) return {Unknown(blocks.status())};
  if (blocks->empty()) return {"none that the kernel's routes tell of"};
  std::vector<std::string> lines;
  for (const BlockUse& use : *blocks)
    lines.push_back(absl::StrCat(use.block.ToString(), ": ", use.workload_ips, " of ",
                                 absl::StrFormat("%.0f", use.size), " in use"));
  return lines;
}

std::vector<std::string> KernelRouteLines(const Report& report) {
  const auto& routes = report.kernel.routes;
  if (!routes.ok()) return {Unknown(routes.status())};
  std::vector<std::string> lines;
  for (const Family family : kFamilies) {
    std::map<absl::string_view, uint32_t> counts;
    std::vector<absl::string_view> order;
    for (const auto& [key, count] : *routes) {
      if (std::get<Family>(key) != family) continue;
      const absl::string_view owner = OwnerText(std::get<RouteOwner>(key));
      if (counts.count(owner) == 0) order.push_back(owner);
      counts[owner] += count;
    }
    std::vector<std::string> parts;
    for (const absl::string_view owner : order)
      if (counts[owner] != 0) parts.push_back(absl::StrCat(counts[owner], " ", owner));
    lines.push_back(absl::StrCat(TitleOf(family), ": ", parts.empty() ? "none" : absl::StrJoin(parts, ", ")));
  }
  return lines;
}

std::vector<std::string> NeighborTableLines(const Report& report) {
  const auto& tables = report.kernel.neighbor_limits;
  if (!tables.ok()) return {Unknown(tables.status())};
  std::vector<std::string> lines;
  for (const NeighborLimits& table : *tables) {
    if (table.limit == 0) continue;
    lines.push_back(absl::StrFormat("%s: %d of %d (%.0f %%)", TitleOf(table.family), table.entries, table.limit,
                                    100.0 * table.entries / table.limit));
  }
  return lines.empty() ? std::vector<std::string>{"unknown: the kernel tells no limit"} : lines;
}

}  // namespace caliwatch
