// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

constexpr absl::string_view kNoIpv6 =
    "Where pods are to have IPv6, switch it on in Felix: FELIX_IPV6SUPPORT=true in the environment of calico-node "
    "(kubectl set env -n kube-system ds/calico-node FELIX_IPV6SUPPORT=true; with the operator an IPv6 pool in the "
    "Installation does so), or ipv6Support: true in FelixConfiguration. Where they are not, take the IPv6 pool away; "
    "pods keep their addresses until they are made anew.";

size_t CountOf(const RoutelessWorkloads& routeless, Family family) {
  size_t count = 0;
  for (const RoutelessWorkload& row : routeless.rows) count += row.at.address.family == family;
  return count;
}

// One family alone has routes: so nobody removed them, Felix does not make them.
bool IsIpv6Off(const RoutelessWorkloads& routeless, Family family) {
  return family == Family::kIpv6 && routeless.routed[Family::kIpv4] != 0;
}

Finding FindingOf(const RoutelessWorkloads& routeless, Family family) {
  const std::string count = absl::StrCat(CountOf(routeless, family));
  if (IsIpv6Off(routeless, family))
    return {
        FamilyWide::kWorkloadRoutes, family,
        absl::StrCat("workloads of this node have ", count,
                     " IPv6 addresses, and none has a route, while IPv4 ones have: Felix makes no IPv6 routes here"),
        std::string(kNoIpv6)};
  return {FamilyWide::kWorkloadRoutes, family,
          absl::StrCat("all routes to the ", count, " ", ToString(family),
                       " addresses of this node's workloads are gone, while their interfaces are up: something removes "
                       "routes that are not its own")};
}

std::vector<Finding> AllMissing(const RoutelessWorkloads& routeless) {
  std::vector<Finding> findings;
  for (const Family family : kFamilies)
    if (routeless.AreAll(family)) findings.push_back(FindingOf(routeless, family));
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  if (!finding.remedy.empty())
    return {Look("calicoctl get felixconfiguration default -o yaml"), Look("calicoctl get ippool -o wide")};
  return {RestartCalicoNode(evidence), Look("journalctl -u systemd-networkd -u NetworkManager --since -1h")};
}

const RegisterCheck registered(
    {
        .name = "workload_routes_all_missing",
        .severity = Severity::kCritical,
        .summary = "No workload of this node has a route of an address family, though their interfaces are up.",
        .impact = "Nobody reaches any of the node's workloads by that family, not even this node.",
        .meaning = "A program of the host has flushed the routes: systemd-networkd and NetworkManager remove, when "
                   "they are restarted, what they did not make themselves, unless told not to. BIRD brings its own "
                   "routes back within 2 s, Felix the workloads' within 90 s. Or it is IPv6 alone, and Felix was never "
                   "told to do IPv6 (FELIX_IPV6SUPPORT) though the CNI plugin gives out IPv6 addresses.",
        .remedy =
            "Restart calico-node here, and Felix writes all of them at once. Then see to it that it does not happen "
            "again: systemd-networkd wants ManageForeignRoutes=no in /etc/systemd/networkd.conf, NetworkManager "
            "unmanaged-devices=interface-name:cali*;interface-name:tunl*;interface-name:vxlan.calico in "
            "/etc/NetworkManager/conf.d. journalctl -u systemd-networkd -u NetworkManager tells which was restarted; "
            "ip monitor route, whether routes go again.",
        .says = "routes are gone",
    },
    JudgeNode(AllMissing), CommandsOf);

}  // namespace
}  // namespace caliwatch
