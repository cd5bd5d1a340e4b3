// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

std::string EntryOf(const VxlanPath& path) {
  if (path.neighbor == nullptr) return "no neighbor entry";
  if (path.neighbor->IsUsable()) return "a neighbor entry without MAC address";
  return absl::StrCat("a neighbor entry that is ", NeighborStateName(path.neighbor->state));
}

std::vector<Finding> NeighborsIncomplete(const VxlanPaths& paths) {
  std::vector<Finding> findings;
  for (const VxlanPath& path : paths) {
    if (path.HasMac()) continue;
    findings.push_back({path.gateway,
                        path.gateway.family,
                        absl::StrCat("has ", EntryOf(path), " on ", path.device->name, "; ", path.BlocksText()),
                        {},
                        {InterfaceName{path.device->name}, path.gateway}});
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  return {Look(absl::StrCat(Ip(finding.family.value_or(Family::kIpv4)), " neigh show dev ",
                            ShellWord(InterfaceOf(finding)))),
          RestartCalicoNode(evidence)};
}

const RegisterCheck registered(
    {
        .name = "vxlan_neighbor_incomplete",
        .severity = Severity::kCritical,
        .summary = "A route leads through the VXLAN tunnel to a node whose MAC address there is not known.",
        .impact = "Pods of this node do not reach pods of that one, although the route is there.",
        .meaning = "The finding names the other node's tunnel address. Nothing is learned on Calico's VXLAN device: "
                   "Felix enters each node's MAC address as a permanent neighbor. Another program may have emptied the "
                   "table, or the device was set down and up again.",
        .remedy = "Restart calico-node on this node: Felix enters all of them anew. See them with `ip neigh show dev "
                  "vxlan.calico` (vxlan-v6.calico for IPv6), and the other node's own MAC address there with `ip link "
                  "show vxlan.calico`.",
        .causes = {{"tunnel_address_missing"}},
        .says = "is not reached: its MAC address in the tunnel is not known",
    },
    JudgeNode(NeighborsIncomplete), CommandsOf);

}  // namespace
}  // namespace caliwatch
