// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/workloads/live_migration.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

// Where routes lead to, in names.
struct Directions {
  const LinkIndex& links;
  const WorkloadOwners& owners;
  const Table<Endpoint>& endpoints;
  const Evidence& evidence;

  std::string InterfaceOf(const Route& route) const {
    const Link* link = links.Find(route.link);
    return link != nullptr ? link->name : "";
  }

  std::string Describe(const Route& route) const {
    const Link* link = links.Find(route.link);
    std::string interface = InterfaceOf(route);
    if (route.type != RTN_UNICAST) return "nowhere (a blackhole or the like)";
    if (route.gateway) return absl::StrCat("gateway ", route.gateway->ToString(), " by way of ", interface);
    if (link == nullptr || !link->IsWorkload() || !endpoints.ok()) return interface;
    const auto owner = owners.by_interface.find(interface);
    return absl::StrCat(interface,
                        owner == owners.by_interface.end() ? ", which belongs to no workload" : " of " + owner->second);
  }
};

Finding FindingOf(const WorkloadAddress& workload, const Route& route, const Directions& directions) {
  Finding finding{workload.address, workload.address.family,
                  absl::StrCat("the kernel sends it to ", directions.Describe(route), ", but ", Describe(workload),
                               workload.owner.empty() ? " answers to it" : " has it", JudgedBy(directions.endpoints))};
  finding.related = {workload.address, InterfaceName{workload.interface}};
  const std::string address = workload.address.ToString();
  const absl::string_view ip = Ip(workload.address.family);
  // A route of another metric would be a second one beside it, and not take its place.
  finding.commands = {
      Look(absl::StrCat(ip, " route show ", address)),
      Change(absl::StrCat(ip, " route replace ", address, " dev ", ShellWord(workload.interface), " scope link",
                          route.metric == 0 ? "" : absl::StrCat(" metric ", route.metric))),
      Look(CalicoNodeLog(directions.evidence, absl::StrCat("-wF ", address)))};
  if (const std::string interface = directions.InterfaceOf(route); !interface.empty())
    finding.related.emplace_back(InterfaceName{interface});
  return finding;
}

// The index of a workload's interface; 0: it is gone.
int IndexOf(absl::string_view interface, const std::vector<Link>& links) {
  for (const Link& link : links)
    if (link.name == interface) return link.index;
  return 0;
}

// Asked for the few addresses whose best route leads elsewhere.
bool MayBeMigrating(const WorkloadAddress& workload, const Route& best, const HostRoutes& routes,
                    const Table<Link>& links, const absl::StatusOr<WorkloadNeighbors>& neighbors) {
  if (routes.IsMigrating(workload.address)) return true;
  if (!links.ok() || !neighbors.ok()) return false;
  const int link = IndexOf(workload.interface, *links);
  const Route* own = nullptr;
  for (const Route* route : routes.To(workload.address))
    if (route->link == link) own = route;
  return MayBeOnItsWay(best, own, workload.address, link, *neighbors);
}

// Of several workloads that claim one address, each in turn would be wrong; that is a duplicate, and another check's.
std::vector<Finding> AgainstWanted(const std::vector<WorkloadAddress>& wanted, const HostRoutes& routes,
                                   const Directions& directions, const Table<Link>& links,
                                   const absl::StatusOr<WorkloadNeighbors>& neighbors) {
  std::vector<Finding> findings;
  for (auto first = wanted.begin(); first != wanted.end();) {
    const auto last = std::find_if(first, wanted.end(), [&](const auto& one) { return one.address != first->address; });
    const std::vector<const Route*> best = routes.BestTo(first->address);
    const bool right = std::any_of(best.begin(), best.end(), [&](const Route* route) {
      const std::string interface = directions.InterfaceOf(*route);
      return std::any_of(first, last, [&](const auto& one) { return one.interface == interface; });
    });
    if (!best.empty() && !right && !MayBeMigrating(*first, *best.front(), routes, links, neighbors))
      findings.push_back(FindingOf(*first, *best.front(), directions));
    first = last;
  }
  return findings;
}

// Without endpoint-status: somebody answers to the address at one other interface, and the one that the route leads to
// is another workload's, or does not answer.
std::vector<WorkloadAddress> AnsweringElsewhere(const Workloads& routed, const WorkloadNeighbors& neighbors,
                                                const HostRoutes& routes) {
  std::vector<WorkloadAddress> elsewhere;
  for (const WorkloadAddress& workload : routed.rows) {
    const std::vector<const Link*>& links = neighbors.LinksOf(workload.address);
    const Route& route = *routes.BestTo(workload.address).front();
    if (links.size() != 1 || links.front()->index == route.link) continue;
    if (neighbors.IsUnanswered(workload.address, route.link) ||
        neighbors.AnswersAt(route.link, workload.address.family))
      elsewhere.push_back({workload.address, links.front()->name, "", std::nullopt});
  }
  return elsewhere;
}

Judgement RoutesToWrongInterfaces(const Table<Endpoint>& endpoints, const absl::StatusOr<WantedWorkloads>& wanted,
                                  const absl::StatusOr<Workloads>& workloads, const absl::StatusOr<HostRoutes>& routes,
                                  const absl::StatusOr<LinkIndex>& links, const WorkloadOwners& owners,
                                  const absl::StatusOr<WorkloadNeighbors>& neighbors, const Table<Link>& rows,
                                  const Evidence& evidence) {
  const bool by_neighbors = absl::IsNotFound(endpoints.status());
  const absl::Status missing = by_neighbors ? FirstError({workloads.status(), neighbors.status()})
                                            : FirstError({wanted.status(), routes.status()});
  if (!missing.ok()) return missing;
  return AgainstWanted(by_neighbors ? AnsweringElsewhere(*workloads, *neighbors, *routes) : wanted->rows, *routes,
                       {*links, owners, endpoints, evidence}, rows, neighbors);
}

const RegisterCheck registered(
    {
        .name = "workload_route_wrong_interface",
        .severity = Severity::kCritical,
        .summary = "The kernel's route to a workload leads to another interface than the workload's.",
        .impact = "The workload is cut off, and another may get its traffic.",
        .meaning = "The kernel sends what is meant for it to an interface where it is not. An interface or a route was "
                   "left behind when the address was given to another workload (the interface is then "
                   "orphan_workload_interface as well, which says how it goes), or two programs make routes. A "
                   "workload that is just being moved while it runs is not counted.",
        .remedy =
            "See where the route leads (ip route show ADDRESS, ip -6 for IPv6), and lead the address back: ip route "
            "replace ADDRESS dev INTERFACE scope link, with the workload's own interface and the metric that the route "
            "there has. Felix should have done so: look at its log on this node for the address.",
        .causes = {{"duplicate_workload_ip"}},
        .says = "is cut off: its route leads to another interface",
    },
    JudgeNode(RoutesToWrongInterfaces));

}  // namespace
}  // namespace caliwatch
