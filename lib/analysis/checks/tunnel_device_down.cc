// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"

namespace caliwatch {
namespace {

// tunl0 is there, and down, wherever the kernel's module ipip is loaded; it is Calico's once Calico gave it an address.
bool IsCalicos(const Link& tunnel, const std::vector<Address>& addresses) {
  if (tunnel.name != "tunl0") return true;
  return std::any_of(addresses.begin(), addresses.end(),
                     [&](const Address& address) { return address.link == tunnel.index; });
}

std::vector<Finding> TunnelsDown(const std::vector<Link>& links, const std::vector<Address>& addresses) {
  std::vector<Finding> findings;
  for (const Link& link : links)
    if (link.role == LinkRole::kTunnel && !link.up && IsCalicos(link, addresses))
      findings.push_back({InterfaceName{link.name},
                          std::nullopt,
                          "is switched off; the kernel has dropped every route through it",
                          absl::StrCat("ip link set ", link.name,
                                       " up, then restart calico-node on this node if routes through "
                                       "it do not come back within 10 seconds."),
                          {InterfaceName{link.name}}});
  return findings;
}

const RegisterCheck registered(
    {
        .name = "tunnel_device_down",
        .severity = Severity::kCritical,
        .summary = "A tunnel interface of Calico's is switched off.",
        .impact = "Pods of this node do not reach pods of nodes behind the tunnel, nor the other way round.",
        .meaning = "The kernel removes the routes of an interface that is set down, IPv4 ones without a word, and its "
                   "neighbor "
                   "entries; it does not bring them back when the interface is up again. Somebody set it down, or "
                   "NetworkManager "
                   "or systemd-networkd manages it. A tunl0 without an address is not Calico's, and not judged.",
        .remedy = "ip link set NAME up, and restart calico-node on this node if routes do not come back. Keep "
                  "NetworkManager away from Calico's interfaces (unmanaged-devices=interface-name:cali*;tunl0;"
                  "vxlan.calico;vxlan-v6.calico;wireguard.cali;wg-v6.cali).",
    },
    JudgeNode(TunnelsDown));

}  // namespace
}  // namespace caliwatch
