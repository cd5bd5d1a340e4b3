// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <linux/netconf.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

constexpr size_t kNamed = 5;  // interfaces

// Indexes, NETCONFA_IFINDEX_ALL among them.
std::set<int> LinksWithoutForwarding(const std::vector<NetConf>& netconf, Family family) {
  std::set<int> off;
  for (const NetConf& row : netconf)
    if (row.family == family && row.forwarding == 0) off.insert(row.link);
  return off;
}

// By which IPv4 packets come in that this node has to pass on: from its workloads, from other nodes' blocks, and from
// the world. None on a node that forwards nothing for Calico.
std::set<int> ForwardingLinks(const std::vector<Route>& routes, const LinkIndex& links) {
  std::set<int> forwarding, uplinks;
  for (const Route& route : routes) {
    if (route.family() != Family::kIpv4 || route.table != RT_TABLE_MAIN) continue;
    if (IsRemoteBlock(route, links) || IsWorkloadRoute(route, links)) forwarding.insert(route.link);
    if (route.destination.IsDefault() && route.type == RTN_UNICAST) uplinks.insert(route.link);
  }
  if (!forwarding.empty()) forwarding.merge(uplinks);
  return forwarding;
}

// IPv4 asks the interface that a packet came in by; `all` only sets them all when it is written.
std::vector<Finding> Ipv4Off(const std::vector<NetConf>& netconf, const std::vector<Route>& routes,
                             const LinkIndex& links) {
  const std::set<int> without = LinksWithoutForwarding(netconf, Family::kIpv4);
  if (without.empty()) return {};
  std::vector<std::string> off;
  for (int index : ForwardingLinks(routes, links))
    if (const Link* link = links.Find(index); link != nullptr && without.count(index) != 0) off.push_back(link->name);
  if (without.count(NETCONFA_IFINDEX_ALL) != 0 && !off.empty()) {
    const bool more = off.size() > kNamed;
    if (more) off.resize(kNamed);
    return {{FamilyWide::kForwarding, Family::kIpv4,
             absl::StrCat("net.ipv4.ip_forward is 0: what comes in by ", absl::StrJoin(off, ", "), more ? ", …" : "",
                          " is not passed on")}};
  }
  std::vector<Finding> findings;
  findings.reserve(off.size());
  for (const std::string& name : off)
    findings.push_back({InterfaceName{name},
                        std::nullopt,
                        "IPv4 forwarding is off for this interface alone: what comes in by it is not passed on",
                        absl::StrCat("sysctl -w net/ipv4/conf/", name, "/forwarding=1, and find out who set it to 0."),
                        {InterfaceName{name}}});
  for (Finding& finding : findings) finding.who = absl::StrCat("Forwarding at ", ThingText(finding.subject));
  return findings;
}

// IPv6 asks `all` alone; an interface's own switch only makes it answer as a host or as a router.
std::vector<Finding> Ipv6Off(const std::vector<NetConf>& netconf, const std::vector<Route>& routes,
                             const LinkIndex& links) {
  if (LinksWithoutForwarding(netconf, Family::kIpv6).count(NETCONFA_IFINDEX_ALL) == 0) return {};
  const bool has_workloads = std::any_of(routes.begin(), routes.end(), [&](const Route& route) {
    return route.family() == Family::kIpv6 && IsWorkloadRoute(route, links);
  });
  if (!has_workloads) return {};
  return {{FamilyWide::kForwarding, Family::kIpv6,
           "net.ipv6.conf.all.forwarding is 0: no IPv6 packet from or to a workload is passed on"}};
}

std::vector<Finding> ForwardingOff(const std::vector<NetConf>& netconf, const std::vector<Link>& links,
                                   const std::vector<Route>& routes, const LinkIndex& index) {
  if (HasEbpfDataPlane(links)) return {};
  std::vector<Finding> findings = Ipv4Off(netconf, routes, index);
  for (Finding& finding : Ipv6Off(netconf, routes, index)) findings.push_back(std::move(finding));
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence&) {
  std::string line = "sysctl -w net.ipv4.ip_forward=1";
  if (std::holds_alternative<InterfaceName>(finding.subject))
    line = absl::StrCat("sysctl -w ",
                        ShellWord(absl::StrCat("net/ipv4/conf/", ThingText(finding.subject), "/forwarding=1")));
  else if (finding.family == Family::kIpv6)
    line = "sysctl -w net.ipv6.conf.all.forwarding=1";
  return {Change(std::move(line)), Look("grep -r forward /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d")};
}

const RegisterCheck registered(
    {
        .name = "forwarding_disabled",
        .severity = Severity::kCritical,
        .summary = "The kernel does not forward packets between workloads and the network.",
        .impact = "Pods of this node reach nothing beyond it, and nothing reaches them.",
        .meaning = "With forwarding off for a pod's own interface, the node does not even answer its question for its "
                   "gateway. Felix switches forwarding on when it starts and for each interface that comes up; a later "
                   "sysctl run, a hardening tool or NetworkManager may have switched it off. Judged are, for IPv4, the "
                   "interfaces of workloads, of routes to other nodes and of the default route; for IPv6 the switch "
                   "for all interfaces, which alone counts.",
        .remedy = "sysctl -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1. Then look for who sets it to 0: "
                  "grep -r forward /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d.",
        .says = "is off: pods are cut off",
    },
    JudgeNode(ForwardingOff), CommandsOf);

}  // namespace
}  // namespace caliwatch
