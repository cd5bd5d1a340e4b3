// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

using AtDevice = std::pair<int, MacAddress>;  // a VXLAN device's index, and a MAC address there

std::string TextOf(const std::set<IpAddress>& addresses) {
  return absl::StrJoin(addresses, ", ",
                       [](std::string* text, const IpAddress& address) { absl::StrAppend(text, address.ToString()); });
}

// Tunnel addresses by the MAC address that they have on one device.
struct Ends {
  const Link* device = nullptr;
  std::set<IpAddress> gateways;
  std::set<IpAddress> nodes;  // by the FDB
};

std::map<AtDevice, Ends> EndsOf(const VxlanPaths& paths, const std::vector<FdbEntry>& fdb) {
  std::map<AtDevice, Ends> ends;
  for (const VxlanPath& path : paths) {
    if (!path.HasMac()) continue;
    Ends& of_mac = ends[{path.device->index, *path.neighbor->mac}];
    of_mac.device = path.device;
    of_mac.gateways.insert(path.gateway);
  }
  for (const FdbEntry& entry : fdb)
    if (const auto found = ends.find({entry.link, entry.mac}); found != ends.end() && entry.destination)
      found->second.nodes.insert(*entry.destination);
  return ends;
}

// Empty: it is one node's alone.
std::string ProblemOf(const MacAddress& mac, const Ends& ends) {
  const std::string on = absl::StrCat(ToString(mac), " on ", ends.device->name);
  if (ends.device->mac == mac)
    return absl::StrCat("has the MAC address ", on, ", which is this node's own there: it takes packets to it itself");
  if (ends.gateways.size() > 1)
    return absl::StrCat("has one MAC address with others (", TextOf(ends.gateways), "), ", on,
                        ends.nodes.empty() ? "" : absl::StrCat(": packets to all of them go to ", TextOf(ends.nodes)));
  if (ends.nodes.size() > 1)
    return absl::StrCat("has the MAC address ", on, ", for which the FDB has several nodes: ", TextOf(ends.nodes));
  return "";
}

std::vector<Finding> MacsShared(const VxlanPaths& paths, const std::vector<FdbEntry>& fdb) {
  std::vector<Finding> findings;
  for (const auto& [at, ends] : EndsOf(paths, fdb)) {
    std::string problem = ProblemOf(at.second, ends);
    if (problem.empty()) continue;
    const IpAddress& first = *ends.gateways.begin();
    findings.push_back({first, first.family, std::move(problem), {}, {InterfaceName{ends.device->name}}});
    for (const IpAddress& gateway : ends.gateways) findings.back().related.emplace_back(gateway);
  }
  return findings;
}

constexpr size_t kAsked = 6;  // commands, three of which are about this node

Commands CommandsOf(const Finding& finding, const Evidence&) {
  const std::string interface = ShellWord(InterfaceOf(finding));
  Commands commands = {Look(absl::StrCat("ip link show ", interface)), Look("cat /etc/machine-id"),
                       Look("calicoctl get nodes -o yaml | grep -e ' name:' -e vxlanTunnelMACAddr")};
  for (const Thing& thing : finding.related)
    if (const auto* end = std::get_if<IpAddress>(&thing); end != nullptr && commands.size() < kAsked)
      commands.push_back(Look(absl::StrCat("ip link show ", interface),
                              absl::StrCat("the node with tunnel address ", end->ToString())));
  return commands;
}

const RegisterCheck registered(
    {
        .name = "vxlan_mac_shared",
        .severity = Severity::kCritical,
        .summary = "Two nodes have one MAC address in the VXLAN tunnel.",
        .impact = "Pods of this node reach the pods of one of these nodes at most: the tunnel tells nodes apart by "
                  "their MAC addresses.",
        .meaning = "Calico makes the MAC address of a node's tunnel from the node's name (66, and the first five bytes "
                   "of its SHA-1), so that no two are alike. Where systemd-udevd sets the MAC addresses of virtual "
                   "interfaces (MACAddressPolicy=persistent), it makes them from /etc/machine-id, which cloned "
                   "machines share; an older Calico keeps such a one. An address that was set by hand in the Node "
                   "resource does the same. The finding names the tunnel address of the first of them.",
        .remedy = "On these nodes compare `ip link show vxlan.calico`, /etc/machine-id, and the Node resources "
                  "(vxlanTunnelMACAddr in calicoctl get node NAME -o yaml). Give a clone a machine-id of its own, have "
                  "systemd leave the interface alone (a .link file with OriginalName=vxlan*.calico and "
                  "MACAddressPolicy=none), take an address out of the Node that was put there, and restart "
                  "calico-node: Felix makes an interface anew whose MAC address is not the one that it wants.",
        .says = "shares its MAC address in the tunnel",
    },
    JudgeNode(MacsShared), CommandsOf);

}  // namespace
}  // namespace caliwatch
