// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/tunnel_underlay.h"

namespace caliwatch {
namespace {

// WireGuard's routes are in a table of its own.
bool IsOfWireguard(const Route& route, const LinkIndex& links) {
  if (route.table == RT_TABLE_MAIN || route.table == RT_TABLE_LOCAL || route.type != RTN_UNICAST) return false;
  const Link* link = links.Find(route.link);
  return link != nullptr && link->kind == "wireguard" && link->role == LinkRole::kTunnel;
}

bool LeadsToOthers(const Route& route, const LinkIndex& links) {
  return IsRemoteBlock(route, links) || IsOfWireguard(route, links);
}

// What routes say of the ways that workloads' packets take.
struct Ways {
  std::set<int> workloads;  // interfaces that a workload's route leads to
  std::set<int> outwards;   // by which other nodes' blocks are reached
  const Route* best_default = nullptr;
};

Ways WaysOf(const std::vector<Route>& routes, const LinkIndex& links) {
  Ways ways;
  int last = 0;  // thousands of blocks share a few interfaces
  for (const Route& route : routes) {
    if (IsWorkloadRoute(route, links)) {
      ways.workloads.insert(route.link);
    } else if (route.link != last && LeadsToOthers(route, links)) {
      ways.outwards.insert(last = route.link);
    } else if (route.destination.IsDefault() && route.table == RT_TABLE_MAIN && route.type == RTN_UNICAST &&
               (ways.best_default == nullptr || route.metric < ways.best_default->metric)) {
      ways.best_default = &route;
    }
  }
  return ways;
}

// The narrowest way that packets of workloads leave by. Absent: none is known.
std::optional<uint32_t> NarrowestOf(const Ways& ways, const LinkIndex& links) {
  std::optional<uint32_t> narrowest;
  for (const int index : ways.outwards)
    if (const Link* link = links.Find(index)) narrowest = std::min(narrowest.value_or(link->mtu), link->mtu);
  if (narrowest || ways.best_default == nullptr) return narrowest;
  const Link* link = links.Find(ways.best_default->link);
  return link != nullptr ? std::optional(link->mtu) : std::nullopt;
}

// A workload keeps the MTU that it was made with. What Felix reckons with may be less than its path carries: the
// smallest of all networks of the node, be it one that no traffic takes.
std::vector<Finding> WorkloadsAbove(uint32_t calicos, const std::vector<Route>& routes, const LinkIndex& links) {
  const Ways ways = WaysOf(routes, links);
  const uint32_t carried = std::max(calicos, NarrowestOf(ways, links).value_or(calicos));
  std::vector<Finding> findings;
  for (int index : ways.workloads)
    if (const Link* link = links.Find(index); link->mtu > carried)
      findings.push_back({InterfaceName{link->name},
                          std::nullopt,
                          absl::StrCat("has an MTU of ", link->mtu, ", but Calico's for workloads is ", calicos),
                          {},
                          {InterfaceName{link->name}}});
  return findings;
}

// Empty: it fits.
std::string ProblemOf(const Link& tunnel, uint32_t calicos, const std::vector<Route>& routes,
                      const std::vector<FdbEntry>& fdb, const LinkIndex& links) {
  const std::optional<IpAddress> remote = RemoteNodeOf(tunnel, routes, fdb);
  const Link* below = remote ? LinkTowards(*remote, routes, links) : nullptr;
  const uint32_t overhead = TunnelOverhead(tunnel.name);
  if (below != nullptr && below->role == LinkRole::kHost && tunnel.mtu + overhead > below->mtu)
    return absl::StrCat("has an MTU of ", tunnel.mtu, ", but its headers take ", overhead, " bytes of the ", below->mtu,
                        " that ", below->name, " carries");
  const bool in_use = std::any_of(routes.begin(), routes.end(), [&](const Route& route) {
    return route.link == tunnel.index && LeadsToOthers(route, links);
  });
  if (in_use && calicos > tunnel.mtu)
    return absl::StrCat("carries packets of no more than ", tunnel.mtu, " bytes, less than the ", calicos,
                        " that Calico gives workloads");
  return "";
}

std::vector<Finding> MtusMismatched(const CalicoMtu& calicos, const std::vector<Link>& links,
                                    const std::vector<Route>& routes, const std::vector<FdbEntry>& fdb,
                                    const LinkIndex& index) {
  std::vector<Finding> findings = WorkloadsAbove(calicos.bytes, routes, index);
  for (const Link& link : links) {
    if (link.role != LinkRole::kTunnel || !link.up) continue;
    if (std::string problem = ProblemOf(link, calicos.bytes, routes, fdb, index); !problem.empty())
      findings.push_back({InterfaceName{link.name}, std::nullopt, std::move(problem), {}, {InterfaceName{link.name}}});
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const std::string interface = ThingText(finding.subject);
  Commands commands = {Look(absl::StrCat("ip -d link show ", SubjectWord(finding))), Look("cat /var/lib/calico/mtu")};
  if (RoleOf(interface) == LinkRole::kTunnel) {
    commands.push_back(Look("calicoctl get felixconfiguration default -o yaml"));
    commands.push_back(RestartCalicoNode(evidence));
  } else if (const std::string pod = KubectlPod(OwnerAt(interface, evidence)); !pod.empty()) {
    commands.push_back(Look(absl::StrCat("kubectl get pod -o wide ", pod)));
  }
  return commands;
}

const RegisterCheck registered(
    {
        .name = "mtu_mismatch",
        .severity = Severity::kWarning,
        .summary = "Packets of a size that is let in do not fit the path behind: a workload's interface or a tunnel is "
                   "larger than that, or a tunnel smaller than what workloads send.",
        .impact = "Small packets pass and large ones do not, unless each router's word about it (ICMP) arrives: "
                  "connections open and then hang.",
        .meaning = "Felix writes the MTU that workloads should have to /var/lib/calico/mtu: that of the network, less "
                   "what the tunnels' headers take (IPIP 20 bytes, VXLAN 50, over IPv6 70, WireGuard 60 and 80). A "
                   "workload keeps the MTU it was made with, so pods that were there before it shrank have too large a "
                   "one, unless the way to the other nodes carries it all the same: Felix reckons with the smallest "
                   "network of the node, be it one that no traffic takes. A smaller one is what pods keep that began "
                   "before a change, and not reported. A tunnel's own MTU is wrong when the network's was changed, or "
                   "when one was configured (vxlanMTU, ipipMTU) that does not fit.",
        .remedy =
            "Restart pods whose interface is named. For a tunnel, correct mtuIfacePattern or the tunnel's MTU in "
            "FelixConfiguration, restart calico-node, then the pods. `ping -M do -s SIZE ADDRESS` shows what passes.",
        .says = "has an MTU that does not fit the path",
    },
    JudgeNode(MtusMismatched), CommandsOf);

}  // namespace
}  // namespace caliwatch
