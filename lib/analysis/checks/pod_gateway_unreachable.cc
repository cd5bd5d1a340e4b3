// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <utility>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

// A pod that is idle keeps a failed entry of long ago; one that tries makes it anew again and again.
constexpr absl::Duration kTries = absl::Minutes(2);

bool HasFailed(const PodNeighbor& entry) {
  return (entry.state & (NUD_FAILED | NUD_INCOMPLETE)) != 0 && entry.unchanged_for < kTries;
}

// What tells why a gateway is silent, by the veth and the family.
class Causes {
 public:
  Causes(const Table<NetConf>& netconf, const Table<Route>& routes) : knows_routes_(routes.ok()) {
    if (netconf.ok())
      for (const NetConf& row : *netconf) switches_.try_emplace({row.link, row.family}, &row);
    if (routes.ok())
      for (const Route& route : *routes)
        if (IsHostRoute(route)) routed_.emplace(route.link, route.family());
  }

  std::string Of(const PodGateway& pod) const {
    const std::pair key(pod.veth->index, pod.family);
    if (const auto row = switches_.find(key); row != switches_.end()) {
      if (row->second->forwarding == 0) return absl::StrCat("forwarding is off on ", pod.veth->name);
      if (pod.family == Family::kIpv4 && row->second->proxy_neigh == 0)
        return absl::StrCat("proxy ARP is off on ", pod.veth->name);
    }
    if (!pod.veth->up) return absl::StrCat(pod.veth->name, " is down");
    // The node takes no packet from the pod, an ARP request neither, while it would answer by another interface
    // (rp_filter).
    if (knows_routes_ && !routed_.contains(key))
      return absl::StrCat("no route of the node leads back over ", pod.veth->name);
    return "";
  }

 private:
  bool knows_routes_;
  absl::flat_hash_map<std::pair<int, Family>, const NetConf*> switches_;
  absl::flat_hash_set<std::pair<int, Family>> routed_;
};

std::string DetailOf(const PodGateway& pod, const Causes& causes) {
  if (!pod.gateway)
    return absl::StrCat("the pod behind ", pod.veth->name, " has no ", ToString(pod.family), " default route");
  const std::string cause = causes.Of(pod);
  return absl::StrCat("the pod behind ", pod.veth->name, " gets no answer from its gateway ", pod.gateway->ToString(),
                      " (", NeighborStateName(pod.entry->state), ")", cause.empty() ? "" : ": ", cause);
}

std::vector<Finding> UnreachableGateways(const PodGateways& gateways, const Table<NetConf>& netconf,
                                         const Table<Route>& routes) {
  std::vector<Finding> findings;
  std::optional<Causes> causes;  // made when one is asked for
  for (const PodGateway& pod : gateways) {
    if (pod.gateway && (pod.entry == nullptr || !HasFailed(*pod.entry))) continue;
    if (!causes) causes.emplace(netconf, routes);
    findings.push_back(
        {PodName{pod.pod}, pod.family, DetailOf(pod, *causes), "", {InterfaceName{pod.veth->name}, PodName{pod.pod}}});
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const Link* veth = LinkNamed(InterfaceOf(finding), evidence);
  if (veth == nullptr) return {RestartCalicoNode(evidence)};
  const std::string conf = absl::StrCat("net/ipv4/conf/", veth->name);
  if (!veth->up) return {Change(absl::StrCat("ip link set ", ShellWord(veth->name), " up"))};
  Commands commands;
  if (evidence.now.netconf.ok() && finding.family == Family::kIpv4)
    for (const NetConf& row : *evidence.now.netconf) {
      if (row.link != veth->index || row.family != Family::kIpv4) continue;
      if (row.forwarding == 0)
        commands.push_back(Change(absl::StrCat("sysctl -w ", ShellWord(absl::StrCat(conf, "/forwarding=1")))));
      if (row.proxy_neigh == 0)
        commands.push_back(Change(absl::StrCat("sysctl -w ", ShellWord(absl::StrCat(conf, "/proxy_arp=1")))));
    }
  if (commands.empty()) commands.push_back(RestartCalicoNode(evidence));
  return commands;
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
        .says = "is cut off: it does not reach its gateway",
    },
    JudgeNode(UnreachableGateways), CommandsOf);

}  // namespace
}  // namespace caliwatch
