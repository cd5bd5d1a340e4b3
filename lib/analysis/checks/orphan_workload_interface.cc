// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/workloads/unclaimed_interfaces.h"

namespace caliwatch {
namespace {

std::string RoutesText(const std::vector<IpAddress>& addresses) {
  if (addresses.empty()) return "";
  const std::string list = absl::StrJoin(
      addresses, ", ", [](std::string* text, const IpAddress& address) { absl::StrAppend(text, address.ToString()); });
  return absl::StrCat(", though routes to ", list, " lead there");
}

std::string FormerOwnerText(const OwnerHistory::Former& former, const std::string& interface) {
  const auto owner = former.find(interface);
  return owner == former.end() ? "" : absl::StrCat("; it was that of ", owner->second);
}

// A veth of which the node has both ends: the CNI plugin broke off before it gave one to the workload.
bool HasBothEndsHere(const Link& link) { return link.kind == "veth" && !link.peer_netns_id; }

std::string RemedyFor(const Link& link) {
  if (!HasBothEndsHere(link)) return "";
  return absl::StrCat(
      "Both of its ends are in the node's own namespace, so that no container can have it: ip link delete ", link.name,
      ".");
}

Finding FindingOf(const UnclaimedInterface& interface, const Table<Endpoint>& endpoints,
                  const OwnerHistory::Former& former) {
  const std::string& name = interface.link->name;
  if (!endpoints.ok() || endpoints->empty())
    return {InterfaceName{name}, std::nullopt,
            absl::StrCat("no route leads to it, and nobody answers there", JudgedBy(endpoints)),
            RemedyFor(*interface.link)};
  return {InterfaceName{name}, std::nullopt,
          absl::StrCat("belongs to no workload that Calico has on this node", RoutesText(interface.routed),
                       FormerOwnerText(former, name)),
          RemedyFor(*interface.link), ThingsOf(interface.routed)};
}

Judgement Orphans(const std::vector<Link>& links, const std::vector<Route>& routes, const WorkloadNeighbors& neighbors,
                  const Evidence& evidence) {
  const Table<Endpoint>& endpoints = evidence.now.endpoints;
  if (!endpoints.ok() && !absl::IsNotFound(endpoints.status())) return endpoints.status();
  std::vector<Finding> findings;
  const auto& [former, newcomers, felix] =
      std::tie(evidence.before.former_owners, evidence.before.newcomers, evidence.before.felix);
  // An interface without a file is that of a new pod, where Felix has not taken it up.
  if (felix.IsBehind()) return findings;
  for (const UnclaimedInterface& interface :
       UnclaimedInterfacesOf(endpoints, links, routes, neighbors, former, newcomers)) {
    if (interface.kind != Unclaimed::kLeftOver) continue;
    if (felix.doubts.count(interface.link->name) != 0) continue;  // its file may be what lacks
    findings.push_back(FindingOf(interface, endpoints, former));
    findings.back().who = absl::StrCat("Interface ", interface.link->name);
  }
  return findings;
}

// The last one asks by itself whether anybody is there, and then does nothing.
Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const Link* link = LinkNamed(ThingText(finding.subject), evidence);
  if (link == nullptr) return {};
  if (HasBothEndsHere(*link)) return {Change(absl::StrCat("ip link delete ", SubjectWord(finding)))};
  Commands commands = {Look(absl::StrCat("ip -d link show ", SubjectWord(finding)))};
  if (!link->peer_netns_id || *link->peer_netns_id < 0) return commands;
  const std::string id = absl::StrCat(*link->peer_netns_id);
  commands.push_back(Look(absl::StrCat("lsns -t net -n -o NETNSID,PID,COMMAND | awk '$1 == ", id, "'")));
  commands.push_back(
      Change(absl::StrCat("[ -n \"$(lsns -t net -n -o NETNSID | awk '$1 == ", id,
                          "')\" ] || ip netns delete \"$(ip netns list | sed -n 's/ (id: ", id, ")$//p')\"")));
  return commands;
}

const RegisterCheck registered(
    {
        .name = "orphan_workload_interface",
        .severity = Severity::kWarning,
        .summary = "A workload interface (cali*) that is up belongs to no workload.",
        .impact = "Left over, it costs nothing yet, but once its address is given out again, traffic may still go to "
                  "the old place; if a pod lives there, Felix does not know it, and no policy protects it.",
        .meaning = "It was left behind when its workload ended: the CNI plugin was not called to remove it, or failed. "
                   "Or a pod is there that Felix has not taken up. Nothing on the node tells these two apart for "
                   "certain, so nothing is to be deleted before its other end was looked at. One that is down is not "
                   "an orphan for that: Felix keeps no file of it. It is not judged while Felix is away.",
        .remedy =
            "ip -d link show NAME tells the number of its other end's namespace (link-netnsid), lsns -t net -o "
            "NETNSID,PID,COMMAND the processes in it. If there are any, a pod runs there that Felix does not know: see "
            "its log (kubectl logs -n calico-system ds/calico-node -c calico-node, or kube-system) and restart "
            "calico-node here. If there are none, it is left over: ip netns list names the namespace with that id, and "
            "ip netns delete NAMESPACE lets it go, its interface with it; that harms no process, which would keep it.",
        .polls_to_hold = 3,
        // The CNI plugin makes an interface seconds before Felix writes of it, and Felix writes only once it is done.
        .time_to_hold = absl::Seconds(15),
        .causes = {{"duplicate_neighbor_ip"}},
        .says = "belongs to no workload",
    },
    JudgeNode(Orphans), CommandsOf);

}  // namespace
}  // namespace caliwatch
