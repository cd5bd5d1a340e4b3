// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/routes/host_routes.h"
#include "lib/analysis/workloads/workload_neighbors.h"
#include "lib/analysis/workloads/workloads.h"
#include "lib/model/link_index.h"

namespace caliwatch {
namespace {

// Where routes lead to, in names.
class Directions {
 public:
  explicit Directions(const Snapshot& snapshot)
      : links_(*snapshot.links), owners_(OwnersByInterface(snapshot)), knows_owners_(snapshot.endpoints.ok()) {}

  std::string InterfaceOf(const Route& route) const {
    const Link* link = links_.Find(route.link);
    return link != nullptr ? link->name : "";
  }

  std::string Describe(const Route& route) const {
    std::string interface = InterfaceOf(route);
    if (route.type != RTN_UNICAST) return "nowhere (a blackhole or the like)";
    if (route.gateway) return absl::StrCat("gateway ", route.gateway->ToString(), " by way of ", interface);
    if (RoleOf(interface) != LinkRole::kWorkload || !knows_owners_) return interface;
    const auto owner = owners_.find(interface);
    return absl::StrCat(interface, owner == owners_.end() ? ", which belongs to no workload" : " of " + owner->second);
  }

 private:
  LinkIndex links_;
  std::map<std::string, std::string> owners_;
  bool knows_owners_;
};

Finding FindingOf(const WorkloadAddress& workload, const Route& route, const Snapshot& snapshot,
                  const Directions& directions) {
  const std::string address = workload.address.ToString();
  Finding finding{address,
                  absl::StrCat("the kernel sends it to ", directions.Describe(route), ", but ", Describe(workload),
                               workload.owner.empty() ? " answers to it" : " has it", JudgedBy(snapshot))};
  finding.about = {address, workload.interface};
  if (const std::string interface = directions.InterfaceOf(route); !interface.empty())
    finding.about.push_back(interface);
  return finding;
}

// Of several workloads that claim one address, each in turn would be wrong; that is a duplicate, and another check's.
std::vector<Finding> AgainstWanted(const std::vector<WorkloadAddress>& wanted, const Snapshot& snapshot) {
  const HostRoutes routes(*snapshot.routes);
  const Directions directions(snapshot);
  std::vector<Finding> findings;
  for (auto first = wanted.begin(); first != wanted.end();) {
    const auto last = std::find_if(first, wanted.end(), [&](const auto& one) { return one.address != first->address; });
    const std::vector<const Route*> best = routes.BestTo(first->address);
    const bool right = std::any_of(best.begin(), best.end(), [&](const Route* route) {
      const std::string interface = directions.InterfaceOf(*route);
      return std::any_of(first, last, [&](const auto& one) { return one.interface == interface; });
    });
    if (!best.empty() && !right && !routes.IsMigrating(first->address))
      findings.push_back(FindingOf(*first, *best.front(), snapshot, directions));
    first = last;
  }
  return findings;
}

// Without endpoint-status: somebody answers to the address at one other interface, and the one that the route leads to
// is another workload's, or does not answer.
Judgement JudgeByNeighbors(const Snapshot& snapshot) {
  const absl::StatusOr<std::vector<WorkloadAddress>> routed = WorkloadAddresses(snapshot);
  if (absl::Status missing = FirstError({routed.status(), snapshot.neighbors.status()}); !missing.ok()) return missing;
  const WorkloadNeighbors living(*snapshot.neighbors, *snapshot.links);
  const HostRoutes routes(*snapshot.routes);
  std::vector<WorkloadAddress> elsewhere;
  for (const WorkloadAddress& workload : *routed) {
    const std::vector<const Link*>& links = living.LinksOf(workload.address);
    const Route& route = *routes.BestTo(workload.address).front();
    if (links.size() != 1 || links.front()->index == route.link) continue;
    if (living.IsUnanswered(workload.address, route.link) || living.AnswersAt(route.link, workload.address.family))
      elsewhere.push_back({workload.address, links.front()->name, "", std::nullopt});
  }
  return AgainstWanted(elsewhere, snapshot);
}

Judgement RoutesToWrongInterfaces(const Snapshot& snapshot) {
  if (absl::IsNotFound(snapshot.endpoints.status())) return JudgeByNeighbors(snapshot);
  const absl::StatusOr<std::vector<WorkloadAddress>> wanted = WantedAddresses(snapshot);
  if (!wanted.ok()) return wanted.status();
  if (!snapshot.routes.ok()) return snapshot.routes.status();
  return AgainstWanted(*wanted, snapshot);
}

const RegisterCheck registered({
    .name = "workload_route_wrong_interface",
    .severity = Severity::kCritical,
    .summary = "The kernel's route to a workload leads to another interface than the workload's.",
    .impact = "The workload is cut off, and another may get its traffic.",
    .meaning = "The kernel sends what is meant for it to an interface where it is not. An interface or a route was "
               "left behind when the address was given to another workload, or two programs make routes. A workload "
               "that is just being moved while it runs is not counted.",
    .remedy =
        "Lead the address back: ip route replace ADDRESS dev INTERFACE scope link, with the workload's own interface. "
        "Then delete every cali* interface that belongs to no workload, not only this one (ip link delete NAME), once "
        "no container uses it. Felix should have done so: look at "
        "its log (kubectl logs -n calico-system ds/calico-node -c calico-node, or kube-system) for the address.",
    .run = RoutesToWrongInterfaces,
});

}  // namespace
}  // namespace caliwatch
