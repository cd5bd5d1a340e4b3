// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

namespace caliwatch {
namespace {

// The kernel drops a route when its interface goes down, but keeps it when only the carrier is lost.
std::vector<Finding> RoutesWithoutCarrier(const std::vector<Route>& routes, const std::vector<Link>& links,
                                          const WorkloadOwners& owners) {
  absl::flat_hash_map<int, const Link*> workloads;
  for (const Link& link : links)
    if (link.IsWorkload() && link.up) workloads[link.index] = &link;

  std::map<Prefix, Finding> dead;  // one, of routes that differ in metric only
  for (const Route& route : routes) {
    const auto link = workloads.find(route.link);
    if (link == workloads.end() || !IsHostRoute(route)) continue;
    if (link->second->carrier && (route.flags & RTNH_F_LINKDOWN) == 0) continue;
    const std::string& name = link->second->name;
    const auto owner = owners.by_interface.find(name);
    const std::string of = owner == owners.by_interface.end() ? "" : absl::StrCat(" of ", owner->second);
    dead.try_emplace(route.destination, Finding{route.destination,
                                                route.family(),
                                                absl::StrCat(name, of, " has no carrier"),
                                                "",
                                                {InterfaceName{name}, route.destination.address}});
  }
  std::vector<Finding> findings;
  findings.reserve(dead.size());
  for (auto& [destination, finding] : dead) findings.push_back(std::move(finding));
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const std::string interface = InterfaceOf(finding);
  const std::string line =
      InPodBehind(interface, absl::StrCat("ip link set ", EndInPod(interface, evidence), " up"), evidence);
  if (line.empty()) return {};
  return {Change(line)};
}

const RegisterCheck registered(
    {
        .name = "workload_route_linkdown",
        .severity = Severity::kCritical,
        .summary = "A workload's route leads to a cali* interface without carrier.",
        .impact = "Packets to that address are lost, though the route is there.",
        .meaning = "The interface's other end, inside the workload, is switched off. Somebody switched it off in the "
                   "pod (ip link set eth0 down needs NET_ADMIN there).",
        .remedy = "If the pod runs, switch its interface on (nsenter -t PID -n ip link set eth0 up) or delete the pod "
                  "so that it is made anew (kubectl delete pod NAME).",
        .time_to_hold = absl::Seconds(3),  // a busy kernel tells of a new veth's carrier late
        .causes = {{"workload_interface_down"}},
        .says = "is cut off: its interface has no carrier",
    },
    JudgeNode(RoutesWithoutCarrier), CommandsOf);

}  // namespace
}  // namespace caliwatch
