// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/routes/host_routes.h"
#include "lib/analysis/workloads/workload_neighbors.h"
#include "lib/analysis/workloads/workloads.h"

namespace caliwatch {
namespace {

bool MayBeOrphan(const Link& link) { return link.IsWorkload() && (link.kind == "veth" || link.kind == "netkit"); }

std::map<int, std::vector<std::string>> AddressesByLink(const std::vector<Route>& routes) {
  std::map<int, std::vector<std::string>> addresses;
  for (const Route& route : routes)
    if (IsHostRoute(route)) addresses[route.link].push_back(route.destination.address.ToString());
  return addresses;
}

Judgement JudgeByEndpoints(const Snapshot& snapshot) {
  const std::map<std::string, std::string> owners = OwnersByInterface(snapshot);
  std::map<int, std::vector<std::string>> routed = AddressesByLink(*snapshot.routes);
  std::vector<Finding> findings;
  for (const Link& link : *snapshot.links) {
    if (!MayBeOrphan(link) || owners.count(link.name) != 0) continue;
    const std::vector<std::string>& addresses = routed[link.index];
    const std::string routes =
        addresses.empty() ? "" : absl::StrCat(", though routes to ", absl::StrJoin(addresses, ", "), " lead there");
    findings.push_back({link.name, absl::StrCat("belongs to no workload that Calico has on this node", routes)});
    findings.back().about = addresses;
  }
  return findings;
}

Judgement JudgeByKernel(const Snapshot& snapshot) {
  if (!snapshot.neighbors.ok()) return snapshot.neighbors.status();
  const WorkloadNeighbors living(*snapshot.neighbors, *snapshot.links);
  const std::map<int, std::vector<std::string>> routed = AddressesByLink(*snapshot.routes);
  std::vector<Finding> findings;
  for (const Link& link : *snapshot.links) {
    const bool inhabited = living.AnswersAt(link.index, Family::kIpv4) || living.AnswersAt(link.index, Family::kIpv6);
    if (!MayBeOrphan(link) || inhabited || routed.count(link.index) != 0) continue;
    findings.push_back({link.name, absl::StrCat("no route leads to it, and nobody answers there", JudgedBy(snapshot))});
  }
  return findings;
}

bool HasEndpoints(const Snapshot& snapshot) { return snapshot.endpoints.ok() && !snapshot.endpoints->empty(); }

Judgement Orphans(const Snapshot& snapshot) {
  // A folder without any endpoint may be what another version of Calico has left.
  const bool by_kernel = !HasEndpoints(snapshot);
  const absl::Status endpoints =
      absl::IsNotFound(snapshot.endpoints.status()) ? absl::OkStatus() : snapshot.endpoints.status();
  if (absl::Status missing = FirstError({endpoints, snapshot.links.status(), snapshot.routes.status()}); !missing.ok())
    return missing;
  return by_kernel ? JudgeByKernel(snapshot) : JudgeByEndpoints(snapshot);
}

const RegisterCheck registered({
    .name = "orphan_workload_interface",
    .severity = Severity::kWarning,
    .summary = "A workload interface (cali*) belongs to no workload.",
    .impact = "Nothing yet; but once its address is given out again, traffic may still go to the old place.",
    .meaning =
        "It was left behind when its workload ended: the CNI plugin was not called to remove it, or failed. The same "
        "shows a new pod that Felix does not take up, because it does not run or hangs; no policy protects such a pod.",
    .remedy =
        "See that calico-node is ready on this node. See that no container uses the interface (ip -d link show NAME "
        "tells the number of its other end's namespace; lsns -t net -o NETNSID,PID,COMMAND tells the processes in it), "
        "then delete it "
        "(ip link delete NAME).",
    .run = Orphans,
    .polls_to_hold = 3,
    // The CNI plugin makes an interface seconds before Felix writes of it, and Felix writes only once it is done.
    .time_to_hold = absl::Seconds(15),
});

}  // namespace
}  // namespace caliwatch
