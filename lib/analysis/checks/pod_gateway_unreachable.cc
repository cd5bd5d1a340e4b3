// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"

namespace caliwatch {
namespace {

// A pod that is idle keeps a failed entry of long ago; one that tries makes it anew again and again.
constexpr absl::Duration kTries = absl::Minutes(2);

bool HasFailed(const PodNeighbor& entry) {
  return (entry.state & (NUD_FAILED | NUD_INCOMPLETE)) != 0 && entry.unchanged_for < kTries;
}

// The node takes no packet from the pod, an ARP request neither, while it would answer by another interface
// (rp_filter).
bool HasRouteBack(const PodGateway& pod, const std::vector<Route>& routes) {
  return std::any_of(routes.begin(), routes.end(), [&](const Route& route) {
    return route.table == RT_TABLE_MAIN && route.link == pod.veth->index && route.destination.IsSingleAddress() &&
           route.family() == pod.family;
  });
}

std::string CauseOf(const PodGateway& pod, const Table<NetConf>& netconf, const Table<Route>& routes) {
  if (netconf.ok())
    for (const NetConf& row : *netconf) {
      if (row.link != pod.veth->index || row.family != pod.family) continue;
      if (row.forwarding == 0) return absl::StrCat("forwarding is off on ", pod.veth->name);
      if (pod.family == Family::kIpv4 && row.proxy_neigh == 0)
        return absl::StrCat("proxy ARP is off on ", pod.veth->name);
    }
  if (!pod.veth->up) return absl::StrCat(pod.veth->name, " is down");
  if (routes.ok() && !HasRouteBack(pod, *routes))
    return absl::StrCat("no route of the node leads back over ", pod.veth->name);
  return "";
}

std::string DetailOf(const PodGateway& pod, const Table<NetConf>& netconf, const Table<Route>& routes) {
  if (!pod.gateway)
    return absl::StrCat("the pod behind ", pod.veth->name, " has no ", ToString(pod.family), " default route");
  const std::string cause = CauseOf(pod, netconf, routes);
  return absl::StrCat("the pod behind ", pod.veth->name, " gets no answer from its gateway ", pod.gateway->ToString(),
                      " (", NeighborStateName(pod.entry->state), ")", cause.empty() ? "" : ": ", cause);
}

std::vector<Finding> UnreachableGateways(const PodGateways& gateways, const Table<NetConf>& netconf,
                                         const Table<Route>& routes) {
  std::vector<Finding> findings;
  for (const PodGateway& pod : gateways) {
    if (pod.gateway && (pod.entry == nullptr || !HasFailed(*pod.entry))) continue;
    findings.push_back({PodName{pod.pod},
                        pod.family,
                        DetailOf(pod, netconf, routes),
                        "",
                        {InterfaceName{pod.veth->name}, PodName{pod.pod}}});
  }
  return findings;
}

const RegisterCheck registered(
    {
        .name = "pod_gateway_unreachable",
        .severity = Severity::kCritical,
        .summary = "A pod cannot reach its gateway, and so nothing at all.",
        .impact = "The pod reaches nothing at all.",
        .meaning = "All that a pod sends goes to its gateway, 169.254.1.1 or fe80::ecee:eeff:feee:eeee, which the "
                   "node's end of the pod's veth answers for. For IPv4 that takes proxy ARP and forwarding on that "
                   "interface, a route of the node that covers 169.254.1.1, and the pod's own route leading back over "
                   "it. Judged only with --check.pods.",
        .remedy =
            "Mend the cause if one is named (sysctl net.ipv4.conf.INTERFACE.proxy_arp=1, forwarding=1; ip route). "
            "Otherwise restart calico-node here, which sets all of it anew; if that does not help, the pod.",
        .time_to_hold = absl::Seconds(2),  // a pod that begins has its interface before its routes
        .causes = {{"duplicate_workload_ip"},
                   {"workload_route_wrong_interface"},
                   {"duplicate_neighbor_ip"},
                   {"workload_interface_down"},
                   {"workload_route_linkdown"},
                   {"workload_route_missing"},
                   {"forwarding_disabled"},
                   {"forwarding_disabled", Tie::kSameFamily},
                   {"proxy_arp_disabled"},
                   {"pod_gateway_unanswered"},
                   {"pod_gateway_wrong_mac"}},
    },
    JudgeNode(UnreachableGateways));

}  // namespace
}  // namespace caliwatch
