// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/workloads/pod_gateways.h"

namespace caliwatch {
namespace {

// Nobody asks an idle workload, and an entry that failed long ago stays. One that is asked in vain fails anew every few
// seconds.
constexpr absl::Duration kAsked = absl::Minutes(2);

using UnansweredEntries = std::map<std::pair<IpAddress, int>, const Neighbor*>;

UnansweredEntries EntriesAtWorkloads(const std::vector<Neighbor>& neighbors, const LinkIndex& links) {
  UnansweredEntries entries;
  for (const Neighbor& entry : neighbors)
    if (entry.IsUnanswered() && (!entry.unchanged || entry.unchanged->value < kAsked) &&
        links.HasRole(entry.link, LinkRole::kWorkload))
      entries[{entry.address, entry.link}] = &entry;
  return entries;
}

// Without a link-local address of its own the kernel sends no question at all, and nobody fails to answer:
// pod_gateway_unanswered says so.
void LeaveOutUnasked(UnansweredEntries& entries, const std::vector<Address>& addresses) {
  const absl::flat_hash_set<int> asking = LinksWithLinkLocal(addresses);
  std::erase_if(entries, [&](const auto& entry) {
    const auto& [address, link] = entry.first;
    return address.family == Family::kIpv6 && !asking.contains(link);
  });
}

const Link* LinkIn(const PodNetwork& pod, int index) {
  const auto link =
      std::find_if(pod.links.begin(), pod.links.end(), [&](const Link& each) { return each.index == index; });
  return link != pod.links.end() ? &*link : nullptr;
}

const PodNetwork* PodBehind(const Link& link, const Table<PodNetwork>& pods) {
  if (!pods.ok() || !link.peer_netns_id) return nullptr;
  const auto pod = std::find_if(pods->begin(), pods->end(),
                                [&](const PodNetwork& each) { return each.netns_id == *link.peer_netns_id; });
  return pod != pods->end() ? &*pod : nullptr;
}

const Route* DefaultRouteOf(const PodNetwork& pod, Family family) {
  const Route* best = nullptr;
  for (const Route& route : pod.routes)
    if (route.family() == family && route.destination.IsDefault() && route.table == RT_TABLE_MAIN &&
        route.type == RTN_UNICAST && (best == nullptr || route.metric < best->metric))
      best = &route;
  return best;
}

// What the pod's own routes tell of why; "" where nobody looked, or nothing is seen.
std::string CauseInside(const PodNetwork* pod, const IpAddress& address) {
  if (pod == nullptr) return "";
  const auto own = std::find_if(pod->routes.begin(), pod->routes.end(), [&](const Route& route) {
    return route.type == RTN_LOCAL && route.destination.address == address;
  });
  if (own == pod->routes.end()) return "; no interface inside the pod has the address";
  const Route* way_out = DefaultRouteOf(*pod, address.family);
  const Link* out = way_out != nullptr ? LinkIn(*pod, way_out->link) : nullptr;
  const Link* at = LinkIn(*pod, own->link);
  if (out == nullptr || at == nullptr || out->index == at->index) return "";
  return absl::StrCat("; the pod's default route leads by ", out->name, ", not by ", at->name,
                      ", so that a strict rp_filter in the pod drops what the node asks");
}

Finding FindingOf(const WorkloadAddress& workload, const Neighbor& entry, const PodNetwork* pod) {
  const bool ipv4 = workload.address.family == Family::kIpv4;
  return {workload.address,
          workload.address.family,
          absl::StrCat(Describe(workload), " answers no ", ipv4 ? "ARP" : "neighbor solicitation (NDP)",
                       ": the kernel asks for its MAC again and again (", NeighborStateName(entry.state), ")",
                       CauseInside(pod, workload.address)),
          "",
          {InterfaceName{workload.interface}}};
}

Judgement Unanswering(const Workloads& workloads, const HostRoutes& routes, const std::vector<Neighbor>& neighbors,
                      const std::vector<Address>& addresses, const LinkIndex& links, const std::vector<Link>& rows,
                      const Table<PodNetwork>& pods) {
  std::vector<Finding> findings;
  UnansweredEntries entries = EntriesAtWorkloads(neighbors, links);
  LeaveOutUnasked(entries, addresses);
  if (entries.empty()) return findings;
  std::map<absl::string_view, const Link*> by_name;
  for (const Link& link : rows) by_name[link.name] = &link;
  for (const WorkloadAddress& workload : workloads.rows) {
    const auto at = by_name.find(workload.interface);
    if (at == by_name.end() || !at->second->up || !at->second->carrier) continue;
    const auto entry = entries.find({workload.address, at->second->index});
    const std::vector<const Route*> best = routes.BestTo(workload.address);
    const bool is_right =
        std::any_of(best.begin(), best.end(), [&](const Route* route) { return route->link == at->second->index; });
    if (entry != entries.end() && is_right)
      findings.push_back(FindingOf(workload, *entry->second, PodBehind(*at->second, pods)));
  }
  return findings;
}

// The address of the node's own that the kernel as a rule asks from; "" where none is known.
std::string OwnAddress(Family family, const Evidence& evidence) {
  const auto& links = std::get<absl::StatusOr<LinkIndex>>(evidence.derived);
  if (!links.ok() || !evidence.now.addresses.ok()) return "";
  for (const Address& address : *evidence.now.addresses)
    if (address.address.family == family && address.scope == RT_SCOPE_UNIVERSE &&
        links->HasRole(address.link, LinkRole::kHost))
      return address.address.ToString();
  return "";
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const std::string interface = InterfaceOf(finding),
                    own = OwnAddress(finding.family.value_or(Family::kIpv4), evidence);
  const std::string end = EndInPod(interface, evidence);
  Commands commands = {
      Look(absl::StrCat(Ip(finding.family.value_or(Family::kIpv4)), " neigh show ", SubjectWord(finding)))};
  if (own.empty() || finding.family != Family::kIpv4) return commands;
  commands.push_back(Look(InPodBehind(interface, absl::StrCat("ip route get ", own), evidence)));
  commands.push_back(Change(
      InPodBehind(interface, absl::StrCat("ip route add ", own, " via 169.254.1.1 dev ", end, " onlink"), evidence)));
  commands.push_back(Change(InPodBehind(
      interface, absl::StrCat("sysctl -w net.ipv4.conf.all.rp_filter=2 net.ipv4.conf.", end, ".rp_filter=2"),
      evidence)));
  std::erase_if(commands, [](const Command& command) { return command.line.empty(); });
  return commands;
}

const RegisterCheck registered(
    {
        .name = "workload_answers_no_arp",
        .severity = Severity::kCritical,
        .summary = "A workload does not answer when the kernel asks for its MAC address (ARP, or NDP for IPv6).",
        .impact = "Nothing reaches the workload by way of this node, which all of its traffic takes.",
        .meaning =
            "The workload's interface and its route are right, and the neighbor entry is FAILED or INCOMPLETE again "
            "and again. As a rule it has a further interface (Multus) with its default route, or a rule, there: with a "
            "strict rp_filter in the pod, a question from the node's address is dropped unanswered when the pod would "
            "reach that address by the other interface. Or the pod lost its address; or a virtual machine behind the "
            "interface does not run. With --check.pods the pod's own routes are looked at.",
        .remedy =
            "It can be mended in the pod alone. ip -d link show INTERFACE tells the number of its namespace "
            "(link-netnsid), lsns -t net -o NETNSID,PID,COMMAND a process in it. There, nsenter -t PID -n ip route get "
            "NODE_ADDRESS shows by which interface the pod answers the node: lead it back (nsenter -t PID -n ip route "
            "add NODE_ADDRESS via 169.254.1.1 dev eth0 onlink), or let it answer all the same (nsenter -t PID -n "
            "sysctl -w net.ipv4.conf.all.rp_filter=2 net.ipv4.conf.eth0.rp_filter=2), and give the pod's second "
            "network no default route. ip neigh show ADDRESS then leaves FAILED at the next question.",
        .time_to_hold = absl::Seconds(10),
        .causes = {{"duplicate_workload_ip"},
                   {"duplicate_neighbor_ip"},
                   {"workload_route_wrong_interface"},
                   {"workload_interface_down"},
                   {"workload_route_linkdown"}},
        .says = "is cut off: it does not answer this node",
    },
    JudgeNode(Unanswering), CommandsOf);

}  // namespace
}  // namespace caliwatch
