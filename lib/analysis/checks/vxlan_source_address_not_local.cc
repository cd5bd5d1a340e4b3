// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/bgp/own_address.h"
#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/vxlan_paths.h"

namespace caliwatch {
namespace {

std::vector<Finding> SourcesNotLocal(const std::vector<Link>& links, const std::vector<Address>& addresses) {
  std::vector<Finding> findings;
  for (const Link& link : links) {
    if (!link.up || !IsVxlanOfCalico(link) || !link.vxlan || !link.vxlan->local) continue;
    const IpAddress& local = *link.vxlan->local;
    if (IsLocal(local, addresses)) continue;
    findings.push_back(
        {InterfaceName{link.name},
         std::nullopt,
         absl::StrCat("sends as ", local.ToString(),
                      ", which no interface of the node has: what other nodes send there does not arrive here"),
         {},
         {InterfaceName{link.name}, local}});
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  return {Look("ip -brief address"), Look(CalicoNode(evidence)),
          Look(absl::StrCat("ip -d link show ", SubjectWord(finding)))};
}

const RegisterCheck registered(
    {
        .name = "vxlan_source_address_not_local",
        .severity = Severity::kCritical,
        .summary = "The address that the VXLAN tunnel sends as is on no interface of the node.",
        .impact = "Pods of this node and of other nodes do not reach each other: other nodes send to that address.",
        .meaning = "Felix makes the tunnel for the node's address, and the other nodes send there. The node has lost "
                   "it since (another lease of DHCP, an interface that was replaced), and Calico still has the old "
                   "one. While the address is on no interface Felix leaves a tunnel that is there as it was.",
        .remedy =
            "Give the address back to an interface (ip address add ADDRESS/LENGTH dev INTERFACE), or correct it: set "
            "IP_AUTODETECTION_METHOD (IP6_… for IPv6; interface=… or cidr=…) for calico-node and restart it here, or "
            "edit spec.bgp of the Node resource (calicoctl get node NAME -o yaml). Felix makes the tunnel anew.",
        .causes = {{"bgp_source_address_not_local"}},
        .says = "sends as an address that this node does not have",
    },
    JudgeNode(SourcesNotLocal), CommandsOf);

}  // namespace
}  // namespace caliwatch
