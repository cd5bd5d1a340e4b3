// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include <absl/strings/str_cat.h>
#include <linux/netconf.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

// Where sysctl reads from; not all of them need be there.
constexpr absl::string_view kSysctlFiles =
    "/etc/sysctl.conf /etc/sysctl.d /run/sysctl.d /usr/local/lib/sysctl.d /usr/lib/sysctl.d";

// Interfaces that answer for no one else. None when the switch for all is on: the kernel takes either.
std::set<int> LinksWithoutProxyArp(const std::vector<NetConf>& netconf) {
  std::set<int> without;
  for (const NetConf& row : netconf) {
    if (row.family != Family::kIpv4 || !row.proxy_neigh) continue;
    if (row.link == NETCONFA_IFINDEX_ALL && *row.proxy_neigh != 0) return {};
    if (*row.proxy_neigh == 0) without.insert(row.link);
  }
  return without;
}

std::vector<Finding> ProxyArpOff(const std::vector<NetConf>& netconf, const std::vector<Link>& links,
                                 const std::vector<Route>& routes, const LinkIndex& index) {
  const std::set<int> without = LinksWithoutProxyArp(netconf);
  if (without.empty() || HasEbpfDataPlane(links)) return {};
  std::map<absl::string_view, IpAddress> affected;  // interface, an address of its workload
  for (const Route& route : routes)
    if (route.family() == Family::kIpv4 && without.count(route.link) != 0 && IsWorkloadRoute(route, index))
      // A netkit device carries no Ethernet, and asks for no address.
      if (const Link* link = index.Find(route.link); link->kind == "veth")
        affected.emplace(link->name, route.destination.address);

  std::vector<Finding> findings;
  findings.reserve(affected.size());
  for (const auto& [name, address] : affected)
    findings.push_back({InterfaceName{std::string(name)},
                        std::nullopt,
                        absl::StrCat("proxy ARP is off: the workload ", address.ToString(),
                                     " gets no answer when it asks for its gateway, 169.254.1.1"),
                        absl::StrCat("sysctl -w net/ipv4/conf/", name, "/proxy_arp=1"),
                        {InterfaceName{std::string(name)}, address}});
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence&) {
  return {Change(absl::StrCat("sysctl -w ",
                              ShellWord(absl::StrCat("net/ipv4/conf/", ThingText(finding.subject), "/proxy_arp=1")))),
          Look(absl::StrCat("grep -rns proxy_arp ", kSysctlFiles))};
}

const RegisterCheck registered(
    {
        .name = "proxy_arp_disabled",
        .severity = Severity::kCritical,
        .summary = "A workload's interface does not answer ARP for the workload's gateway.",
        .impact =
            "The pod reaches nothing. One that still has a neighbor entry for the gateway goes on until that has aged, "
            "within a minute or so, and is cut off then.",
        .meaning = "The pod sends everything to 169.254.1.1, an address that nobody has; the node answers for it by "
                   "proxy ARP on the pod's interface. The CNI plugin and Felix switch it on when the interface comes "
                   "up; a sysctl run or a hardening tool may have switched it off since. IPv6 needs no such thing: "
                   "there the gateway is an address that the node has.",
        .remedy = "sysctl -w net/ipv4/conf/NAME/proxy_arp=1. Then look for who sets it to 0: grep -rns proxy_arp "
                  "/etc/sysctl.conf /etc/sysctl.d /run/sysctl.d /usr/local/lib/sysctl.d /usr/lib/sysctl.d.",
        .says = "is cut off: nobody answers for its gateway",
    },
    JudgeNode(ProxyArpOff), CommandsOf);

}  // namespace
}  // namespace caliwatch
