// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/tunnel_underlay.h"

namespace caliwatch {
namespace {

std::vector<Finding> WorkloadsAbove(uint32_t calicos, const std::vector<Route>& routes, const LinkIndex& links) {
  std::set<int> workloads;
  for (const Route& route : routes)
    if (IsWorkloadRoute(route, links)) workloads.insert(route.link);
  std::vector<Finding> findings;
  for (int index : workloads)
    if (const Link* link = links.Find(index); link->mtu > calicos)
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
    return route.link == tunnel.index && IsRemoteBlock(route, links);
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

const RegisterCheck registered(
    {
        .name = "mtu_mismatch",
        .severity = Severity::kWarning,
        .summary = "Packets of a size that is let in do not fit the path behind: a workload's interface or a tunnel is "
                   "larger than that, or a tunnel smaller than what workloads send.",
        .impact = "Small packets pass and large ones do not, unless each router's word about it (ICMP) arrives: "
                  "connections open and then hang.",
        .meaning =
            "Felix writes the MTU that workloads should have to /var/lib/calico/mtu: that of the network, less what "
            "the "
            "tunnels' headers take (IPIP 20 bytes, VXLAN 50, over IPv6 70, WireGuard 60 and 80). A workload keeps the "
            "MTU "
            "it was made with, so pods that were there before it shrank have too large a one. A smaller one is what "
            "pods "
            "keep that began before a change, and not reported. A tunnel's own MTU is wrong when the network's was "
            "changed, or when one was configured (vxlanMTU, ipipMTU) that does not fit.",
        .remedy =
            "Restart pods whose interface is named. For a tunnel, correct mtuIfacePattern or the tunnel's MTU in "
            "FelixConfiguration, restart calico-node, then the pods. `ping -M do -s SIZE ADDRESS` shows what passes.",
    },
    JudgeNode(MtusMismatched));

}  // namespace
}  // namespace caliwatch
