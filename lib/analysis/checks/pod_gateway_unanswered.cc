// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/route_lookup.h"
#include "lib/analysis/routes/tunnel_underlay.h"
#include "lib/analysis/workloads/pod_gateways.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

constexpr size_t kNamed = 5;  // workloads

// A workload that asks its gateway for a hardware address; a device without Ethernet does not.
struct Asking {
  const WorkloadAddress* workload;
  const Link* link;
};

std::vector<Asking> AskingOf(const Workloads& workloads, const std::vector<Link>& links, Family family) {
  absl::flat_hash_map<absl::string_view, const Link*> veths;
  for (const Link& link : links)
    if (link.IsWorkload() && link.kind == "veth" && link.up) veths[link.name] = &link;
  std::vector<Asking> asking;
  asking.reserve(workloads.rows.size());
  for (const WorkloadAddress& workload : workloads.rows)
    if (const auto veth = veths.find(workload.interface); veth != veths.end() && workload.address.family == family)
      asking.push_back({&workload, veth->second});
  return asking;
}

std::string NamesOf(const std::vector<Asking>& asking) {
  std::vector<std::string> names;
  names.reserve(kNamed);
  for (size_t i = 0; i < std::min(asking.size(), kNamed); ++i) names.push_back(Describe(*asking[i].workload));
  return absl::StrCat(absl::StrJoin(names, ", "), asking.size() > kNamed ? ", …" : "");
}

std::vector<Thing> InterfacesOf(const std::vector<Asking>& asking) {
  std::vector<Thing> interfaces;
  interfaces.reserve(asking.size());
  for (const Asking& each : asking) interfaces.emplace_back(InterfaceName{each.link->name});
  return interfaces;
}

// The kernel answers for an address that it has, or that it would pass packets on to.
bool IsAnswered(absl::Span<const Route> hops) {
  return !hops.empty() && (hops.front().type == RTN_UNICAST || hops.front().type == RTN_LOCAL);
}

std::string WhyUnanswered(absl::Span<const Route> hops) {
  if (hops.empty()) return "no route of the node covers it, as a default route does";
  return absl::StrCat("the only route of the node that covers it, ", hops.front().destination.ToString(),
                      ", refuses what goes there");
}

std::vector<Finding> WithoutProxyArp(const std::vector<Asking>& asking, const RouteLookup& lookup) {
  if (asking.empty()) return {};
  const IpAddress gateway = *IpAddress::Parse("169.254.1.1");
  const auto hops = lookup.Find({gateway, asking.front().workload->address, asking.front().link->name});
  if (IsAnswered(hops)) return {};
  return {{gateway, Family::kIpv4,
           absl::StrCat("the gateway of every workload here: ", WhyUnanswered(hops),
                        ", and so the node's proxy ARP answers none of them: ", NamesOf(asking)),
           "", InterfacesOf(asking)}};
}

// fe80::/64 and the interface's hardware address (RFC 4291, appendix A).
IpAddress LinkLocalOf(const MacAddress& mac) {
  IpAddress address{Family::kIpv6, {0xfe, 0x80}};
  const std::array<uint8_t, 8> identifier = {
      static_cast<uint8_t>(mac[0] ^ 2), mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]};
  std::copy(identifier.begin(), identifier.end(), address.bytes.begin() + 8);
  return address;
}

// Of IPv6 the gateway is the link-local address of the veth's end here.
std::vector<Finding> WithoutLinkLocal(const std::vector<Asking>& asking, const std::vector<Address>& addresses) {
  const absl::flat_hash_set<int> well = LinksWithLinkLocal(addresses);
  std::map<IpAddress, std::vector<Asking>> lost;
  for (const Asking& each : asking)
    if (!well.contains(each.link->index) && each.link->mac) lost[LinkLocalOf(*each.link->mac)].push_back(each);
  std::vector<Finding> findings;
  findings.reserve(lost.size());
  for (const auto& [gateway, cut_off] : lost)
    findings.push_back(
        {gateway, Family::kIpv6,
         absl::StrCat("the IPv6 gateway of workloads is on none of their interfaces here, which have no usable "
                      "link-local address: ",
                      NamesOf(cut_off)),
         absl::StrCat("ip -6 address add ", gateway.ToString(), "/64 dev ", cut_off.front().link->name,
                      " scope link, for each interface named (where that is refused: sysctl -w net/ipv6/conf/",
                      cut_off.front().link->name,
                      "/disable_ipv6=0 first, and restart calico-node here after it). Then look for who took them: "
                      "NetworkManager and networkd must leave cali* alone."),
         InterfacesOf(cut_off)});
  return findings;
}

Judgement GatewaysUnanswered(const Workloads& workloads, const std::vector<Link>& links,
                             const std::vector<Address>& addresses, const absl::StatusOr<std::vector<Route>>& routes,
                             const absl::StatusOr<std::vector<Rule>>& rules) {
  if (HasEbpfDataPlane(links)) return std::vector<Finding>();
  const absl::StatusOr<RouteLookup> lookup = RouteLookupOf(routes, rules);
  if (!lookup.ok()) return lookup.status();
  std::vector<Finding> findings = WithoutProxyArp(AskingOf(workloads, links, Family::kIpv4), *lookup);
  for (Finding& finding : WithoutLinkLocal(AskingOf(workloads, links, Family::kIpv6), addresses))
    findings.push_back(std::move(finding));
  for (Finding& finding : findings) finding.who = absl::StrCat("The pods' gateway ", ThingText(finding.subject));
  return findings;
}

constexpr size_t kMended = 20;  // interfaces

// The interface that leads to the other nodes; "" where none is known.
std::string UplinkOf(const Evidence& evidence) {
  const auto& nodes = std::get<absl::StatusOr<RemoteNodes>>(evidence.derived);
  const auto& links = std::get<absl::StatusOr<LinkIndex>>(evidence.derived);
  if (!nodes.ok() || !links.ok() || !evidence.now.routes.ok()) return "";
  for (const RemoteNode& node : nodes->rows)
    if (node.address && node.address->family == Family::kIpv4)
      if (const Link* link = LinkTowards(*node.address, *evidence.now.routes, *links)) return link->name;
  return "";
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const std::string gateway = SubjectWord(finding);
  Commands commands;
  if (finding.family == Family::kIpv6) {
    for (size_t i = 0; i < std::min(finding.related.size(), kMended); ++i)
      commands.push_back(Change(absl::StrCat("ip -6 address add ", gateway, "/64 dev ",
                                             ShellWord(ThingText(finding.related[i])), " scope link")));
    return commands;
  }
  commands.push_back(Look("ip route show default"));
  if (const std::string uplink = UplinkOf(evidence); !uplink.empty())
    commands.push_back(Change(absl::StrCat("ip route add ", gateway, "/32 dev ", ShellWord(uplink))));
  return commands;
}

const RegisterCheck registered(
    {
        .name = "pod_gateway_unanswered",
        .severity = Severity::kCritical,
        .summary = "The node cannot answer for its pods' gateway.",
        .impact = "Pods of this node reach nothing at all, as soon as their neighbor entry for the gateway has aged.",
        .meaning = "A pod sends everything to 169.254.1.1, an address that nobody has. The node's kernel answers ARP "
                   "for it (proxy ARP) only while it has a route that covers the address and leads elsewhere, as a "
                   "rule its default route: without one, interfaces, routes and switches of all pods are right, and "
                   "all of them are cut off. For IPv6 the gateway is the link-local address of the interface's end on "
                   "the node, which must be there. With the eBPF data plane neither is needed.",
        .remedy = "Give the node its default route back: ip route add default via GATEWAY dev INTERFACE. Where it is "
                  "to have none, any route that covers the address does: ip route add 169.254.1.1/32 dev INTERFACE, "
                  "with the interface that leads to the other nodes. Pods are back at once. Then look for who took it: "
                  "the DHCP lease, NetworkManager, networkd, an interface that went down.",
        .time_to_hold = absl::Seconds(3),  // a pod that begins has an interface before that has its address
        .says = "is not answered for: pods are cut off",
    },
    JudgeNode(GatewaysUnanswered), CommandsOf);

}  // namespace
}  // namespace caliwatch
