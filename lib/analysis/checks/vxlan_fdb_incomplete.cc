// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

// Where a VXLAN device knows the way to: device and MAC address.
using KnownMacs = std::set<std::pair<int, MacAddress>>;

KnownMacs KnownMacsOf(const std::vector<FdbEntry>& fdb) {
  KnownMacs known;
  for (const FdbEntry& entry : fdb)
    if ((entry.flags & NTF_SELF) != 0 && entry.destination && !entry.destination->IsUnspecified())
      known.emplace(entry.link, entry.mac);
  return known;
}

std::vector<Finding> FdbIncomplete(const std::vector<FdbEntry>& fdb, const VxlanPaths& paths) {
  const KnownMacs known = KnownMacsOf(fdb);
  std::vector<Finding> findings;
  for (const VxlanPath& path : paths) {
    if (!path.HasMac() || known.count({path.device->index, *path.neighbor->mac}) != 0) continue;
    findings.push_back({path.gateway,
                        path.gateway.family,
                        absl::StrCat("has the MAC address ", ToString(*path.neighbor->mac), ", for which ",
                                     path.device->name, " has no node in its FDB; ", path.BlocksText()),
                        {},
                        {InterfaceName{path.device->name}, path.gateway}});
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  return {Look(absl::StrCat("bridge fdb show dev ", ShellWord(InterfaceOf(finding)))), RestartCalicoNode(evidence)};
}

const RegisterCheck registered(
    {
        .name = "vxlan_fdb_incomplete",
        .severity = Severity::kCritical,
        .summary = "A route leads through the VXLAN tunnel to a MAC address that the tunnel has no node for.",
        .impact = "Pods of this node do not reach pods of that one, although route and neighbor are there.",
        .meaning = "The VXLAN device does not know to which node it should send the packet, and drops it. The finding "
                   "names the other node's tunnel address. Felix keeps one entry for each node in the device's "
                   "forwarding database (FDB).",
        .remedy = "Restart calico-node on this node: Felix enters all of them anew. See them with `bridge fdb show dev "
                  "vxlan.calico` (vxlan-v6.calico for IPv6): each needs `dst` with the other node's own address.",
        .causes = {{"tunnel_address_missing"}},
        .says = "is not reached: the tunnel has no node for its MAC address",
    },
    JudgeNode(FdbIncomplete), CommandsOf);

}  // namespace
}  // namespace caliwatch
