// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"

namespace caliwatch {
namespace {

bool MayBeOrphan(const Link& link) { return link.IsWorkload() && (link.kind == "veth" || link.kind == "netkit"); }

std::map<int, std::vector<IpAddress>> AddressesByLink(const std::vector<Route>& routes) {
  std::map<int, std::vector<IpAddress>> addresses;
  for (const Route& route : routes)
    if (IsHostRoute(route)) addresses[route.link].push_back(route.destination.address);
  return addresses;
}

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

std::vector<Finding> JudgeByEndpoints(const std::vector<Link>& links, const std::vector<Route>& routes,
                                      const WorkloadOwners& owners, const Recollection& before) {
  std::map<int, std::vector<IpAddress>> routed = AddressesByLink(routes);
  std::vector<Finding> findings;
  for (const Link& link : links) {
    if (!MayBeOrphan(link) || owners.by_interface.count(link.name) != 0) continue;
    if (before.felix.doubts.count(link.name) != 0) continue;  // its file may be what lacks
    const std::vector<IpAddress>& addresses = routed[link.index];
    findings.push_back({InterfaceName{link.name}, std::nullopt,
                        absl::StrCat("belongs to no workload that Calico has on this node", RoutesText(addresses),
                                     FormerOwnerText(before.former_owners, link.name)),
                        "", ThingsOf(addresses)});
  }
  return findings;
}

std::vector<Finding> JudgeByKernel(const std::vector<Link>& links, const std::vector<Route>& routes,
                                   const WorkloadNeighbors& neighbors, absl::string_view judged_by) {
  const std::map<int, std::vector<IpAddress>> routed = AddressesByLink(routes);
  std::vector<Finding> findings;
  for (const Link& link : links) {
    const bool inhabited =
        neighbors.AnswersAt(link.index, Family::kIpv4) || neighbors.AnswersAt(link.index, Family::kIpv6);
    if (!MayBeOrphan(link) || inhabited || routed.count(link.index) != 0) continue;
    findings.push_back({InterfaceName{link.name}, std::nullopt,
                        absl::StrCat("no route leads to it, and nobody answers there", judged_by)});
  }
  return findings;
}

Judgement Orphans(const Evidence& evidence) {
  const auto& [endpoints, links, routes] = std::tie(evidence.now.endpoints, evidence.now.links, evidence.now.routes);
  const auto& owners = *std::get<absl::StatusOr<WorkloadOwners>>(evidence.derived);
  const auto& neighbors = std::get<absl::StatusOr<WorkloadNeighbors>>(evidence.derived);
  const absl::Status unread = absl::IsNotFound(endpoints.status()) ? absl::OkStatus() : endpoints.status();
  if (absl::Status missing = FirstError({unread, links.status(), routes.status()}); !missing.ok()) return missing;
  // An interface without a file is that of a new pod, where Felix has not taken it up.
  const FelixRecollection& felix = evidence.before.felix;
  if (endpoints.ok() && felix.IsBehind()) return std::vector<Finding>{};
  // A folder without any endpoint may be what another version of Calico has left.
  if (endpoints.ok() && !endpoints->empty()) return JudgeByEndpoints(*links, *routes, owners, evidence.before);
  if (!neighbors.ok()) return neighbors.status();
  return JudgeByKernel(*links, *routes, *neighbors, JudgedBy(endpoints));
}

const RegisterCheck registered(
    {
        .name = "orphan_workload_interface",
        .severity = Severity::kWarning,
        .summary = "A workload interface (cali*) belongs to no workload.",
        .impact = "Nothing yet; but once its address is given out again, traffic may still go to the old place.",
        .meaning = "It was left behind when its workload ended: the CNI plugin was not called to remove it, or failed. "
                   "The same "
                   "shows a new pod that Felix does not take up, because it does not run or hangs; no policy protects "
                   "such a pod.",
        .remedy = "See that calico-node is ready on this node. See that no container uses the interface (ip -d link "
                  "show NAME "
                  "tells the number of its other end's namespace; lsns -t net -o NETNSID,PID,COMMAND tells the "
                  "processes in it), "
                  "then delete it "
                  "(ip link delete NAME).",
        .polls_to_hold = 3,
        // The CNI plugin makes an interface seconds before Felix writes of it, and Felix writes only once it is done.
        .time_to_hold = absl::Seconds(15),
        .causes = {{"duplicate_neighbor_ip"}},
    },
    JudgeNode(Orphans));

}  // namespace
}  // namespace caliwatch
