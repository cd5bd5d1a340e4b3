// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/findings/lost_behind_tunnel.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/tunnel_underlay.h"
#include "lib/analysis/routes/vxlan_paths.h"

namespace caliwatch {
namespace {

bool HasAddress(const Link& tunnel, const std::vector<Address>& addresses) {
  const Family family = FamilyOfTunnel(tunnel.name);
  return std::any_of(addresses.begin(), addresses.end(), [&](const Address& address) {
    return address.link == tunnel.index && address.address.family == family && !address.address.IsLinkLocal();
  });
}

uint32_t RoutesThrough(const Link& tunnel, const std::vector<Route>& routes, const LinkIndex& links) {
  return static_cast<uint32_t>(std::count_if(routes.begin(), routes.end(), [&](const Route& route) {
    return route.link == tunnel.index && IsRemoteBlock(route, links);
  }));
}

Finding FindingFor(const Link& tunnel, uint32_t routes, const Evidence& evidence) {
  return {
      InterfaceName{tunnel.name},
      std::nullopt,
      absl::StrCat("is up, but has no ", FamilyOfTunnel(tunnel.name) == Family::kIpv4 ? "IPv4" : "IPv6", " address; ",
                   routes == 0 ? "with it, the kernel dropped every route through it"
                               : "what this node itself sends through it has a source that others answer elsewhere"),
      {},
      LostBehindTunnel(evidence, tunnel.name, FamilyOfTunnel(tunnel.name))};
}

// WireGuard's interface has the node's own address where Calico does not give pods theirs: wireguard_incomplete.
Judgement AddressesMissing(const std::vector<Link>& links, const std::vector<Address>& addresses,
                           const std::vector<Route>& routes, const LinkIndex& index,
                           const absl::StatusOr<Encapsulation>& encapsulation, const Evidence& evidence) {
  std::vector<Finding> findings;
  if (HasEbpfDataPlane(links)) return findings;  // from 3.33 on its tunnels may be without by design
  bool is_in_doubt = false;
  for (const Link& link : links) {
    const bool is_ipip = link.name == "tunl0";
    if (!link.up || (!is_ipip && !IsVxlanOfCalico(link)) || HasAddress(link, addresses)) continue;
    const uint32_t through = RoutesThrough(link, routes, index);
    // Where IPIP is not used, Felix takes the address from a tunl0 and leaves it up.
    const bool is_used = !is_ipip || through != 0 || (encapsulation.ok() && encapsulation->device == link.name) ||
                         !RefusedForNothing(evidence, Family::kIpv4).empty();
    if (is_used) findings.push_back(FindingFor(link, through, evidence));
    is_in_doubt |= !is_used;
  }
  return Judged(std::move(findings), is_in_doubt ? encapsulation.status() : absl::OkStatus());
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {RestartCalicoNode(evidence), Look(CalicoNode(evidence)), Look("calicoctl ipam show")};
}

const RegisterCheck registered(
    {
        .name = "tunnel_address_missing",
        .severity = Severity::kCritical,
        .summary = "A tunnel interface of Calico's has no address.",
        .impact = "Pods of this node do not reach pods of nodes behind the tunnel while routes through it are gone; "
                  "where they are there, programs of the node itself get no answer from pods elsewhere.",
        .meaning = "With the last IPv4 address of an interface the kernel drops its routes, without a word. Felix puts "
                   "the tunnel's address back within 10 seconds, from 3.31 on only while it knows one: calico-node "
                   "asks a pool for it when it starts. Another program flushed the interface, the pool was full, or "
                   "the address was released. A tunl0 that nothing uses has none, and is not judged, nor are the "
                   "tunnels of the eBPF data plane.",
        .remedy =
            "Restart calico-node on this node: it asks for the address, and Felix puts it back. If not, see whether "
            "the Node has one (calicoctl get node NAME -o yaml: ipv4VXLANTunnelAddr, ipv6VXLANTunnelAddr, or "
            "bgp.ipv4IPIPTunnelAddr) and whether a pool has a free block (calicoctl ipam show).",
        .time_to_hold = absl::Seconds(3),  // Felix makes the interface first
        .causes = {{"tunnel_device_down"}},
        .says = "has no address",
    },
    JudgeNode(AddressesMissing), CommandsOf);

}  // namespace
}  // namespace caliwatch
