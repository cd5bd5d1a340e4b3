// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/tunnel_underlay.h"

#include <algorithm>

#include "lib/analysis/routes/block_routes.h"

namespace caliwatch {
namespace {

struct Overhead {
  absl::string_view tunnel;
  uint32_t bytes;
};
// As Felix reckons: outer IP header, and UDP, VXLAN and inner Ethernet, or WireGuard's own.
constexpr Overhead kOverheads[] = {
    {"tunl0", 20}, {"vxlan.calico", 50}, {"vxlan-v6.calico", 70}, {"wireguard.cali", 60}, {"wg-v6.cali", 80}};

bool IsBetter(const Route& route, const Route& than) {
  if (route.destination.length != than.destination.length) return route.destination.length > than.destination.length;
  return route.metric < than.metric;
}

}  // namespace

uint32_t TunnelOverhead(absl::string_view tunnel_name) {
  for (const Overhead& overhead : kOverheads)
    if (overhead.tunnel == tunnel_name) return overhead.bytes;
  return 0;
}

Family FamilyOfTunnel(absl::string_view tunnel_name) {
  return tunnel_name == "vxlan-v6.calico" || tunnel_name == "wg-v6.cali" ? Family::kIpv6 : Family::kIpv4;
}

std::optional<IpAddress> RemoteNodeOf(const Link& tunnel, const std::vector<Route>& routes,
                                      const std::vector<FdbEntry>& fdb) {
  for (const FdbEntry& entry : fdb)
    if (entry.link == tunnel.index && entry.destination && !entry.destination->IsUnspecified())
      return entry.destination;
  if (tunnel.name != "tunl0") return std::nullopt;  // a route's gateway is the node itself with IPIP only
  for (const Route& route : routes)
    if (route.link == tunnel.index && IsRemoteBlock(route)) return route.gateway;
  return std::nullopt;
}

const Link* LinkTowards(const IpAddress& address, const std::vector<Route>& routes, const LinkIndex& links) {
  const Route* best = nullptr;
  for (const Route& route : routes)
    if (route.table == RT_TABLE_MAIN && route.type == RTN_UNICAST && route.destination.Contains(address) &&
        (best == nullptr || IsBetter(route, *best)))
      best = &route;
  return best != nullptr ? links.Find(best->link) : nullptr;
}

}  // namespace caliwatch
