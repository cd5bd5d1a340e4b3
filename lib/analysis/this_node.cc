// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/this_node.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/match.h>
#include <absl/strings/string_view.h>

#include "lib/analysis/bgp/own_address.h"

namespace caliwatch {
namespace {

// Of Calico's own devices, whose names are fixed.
NodeWay WayOf(absl::string_view device) {
  if (device == "tunl0") return NodeWay::kIpip;
  return absl::StartsWith(device, "vxlan") ? NodeWay::kVxlan : NodeWay::kWireguard;
}

absl::StatusOr<std::vector<NodeTunnel>> TunnelsOf(const Snapshot& shown) {
  if (absl::Status unread = FirstError({shown.links.status(), shown.addresses.status()}); !unread.ok()) return unread;
  std::vector<NodeTunnel> tunnels;
  for (const Link& link : *shown.links) {
    if (link.role != LinkRole::kTunnel) continue;
    NodeTunnel tunnel{link.name, WayOf(link.name), link.up};
    for (const Address& address : *shown.addresses)
      if (address.link == link.index && !address.address.IsLinkLocal()) tunnel.addresses.push_back(address.address);
    if (tunnel.up || !tunnel.addresses.empty()) tunnels.push_back(std::move(tunnel));
  }
  return tunnels;
}

std::optional<IpAddress> VxlanSource(const Snapshot& shown, Family family) {
  if (!shown.links.ok()) return std::nullopt;
  for (const Link& link : *shown.links)
    if (link.role == LinkRole::kTunnel && link.vxlan && link.vxlan->local && link.vxlan->local->family == family)
      return link.vxlan->local;
  return std::nullopt;
}

absl::StatusOr<size_t> CountWorkloads(const absl::StatusOr<Workloads>& workloads) {
  if (!workloads.ok()) return workloads.status();
  absl::flat_hash_set<absl::string_view> interfaces;
  for (const WorkloadAddress& workload : workloads->rows) interfaces.insert(workload.interface);
  return interfaces.size();
}

}  // namespace

ThisNode LookAtThisNode(const Snapshot& shown, const Derived& derived,
                        const PerFamily<std::optional<IpAddress>>& bgp_sources) {
  ThisNode report;
  for (const Family family : kFamilies) {
    const std::optional<IpAddress>& source = bgp_sources[family];
    // One that was lost since is no address of the node any more.
    const bool is_there = source && shown.addresses.ok() && IsLocal(*source, *shown.addresses);
    report.addresses[family] = is_there ? source : VxlanSource(shown, family);
  }
  report.tunnels = TunnelsOf(shown);
  report.workloads = CountWorkloads(std::get<absl::StatusOr<Workloads>>(derived));
  return report;
}

}  // namespace caliwatch
