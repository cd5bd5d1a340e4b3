// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/workloads/duplicate_neighbors.h"
#include "lib/model/link_index.h"

namespace caliwatch {
namespace {

std::vector<Finding> DuplicateIps(const std::vector<Neighbor>& neighbors, const std::vector<Link>& links,
                                  const std::vector<Route>& routes) {
  const LinkIndex index(links);
  std::vector<Finding> findings;
  for (const DuplicateNeighbor& duplicate : DuplicateNeighbors(neighbors, links, routes)) {
    std::vector<std::string> interfaces;
    interfaces.reserve(duplicate.links.size());
    for (int link : duplicate.links) interfaces.push_back(index.NameOf(link));
    findings.push_back(
        {duplicate.address.ToString(),
         absl::StrCat("has neighbor entries on ", interfaces.size(), " interfaces: ", absl::StrJoin(interfaces, ", ")),
         "", interfaces});
  }
  return findings;
}

const RegisterCheck registered({
    .name = "duplicate_neighbor_ip",
    .severity = Severity::kCritical,
    .summary = "One IP address has neighbor entries on several interfaces of this node.",
    .impact = "Traffic to the address reaches the workload that its route happens to name; the others are cut off or "
              "get what is not theirs.",
    .meaning = "Two workloads use one address, or interfaces of workloads that are long gone were left behind.",
    .remedy = "Find the workload that owns the address (kubectl get pods -A -o wide), delete the interfaces that "
              "belong to none "
              "(ip link delete NAME), and restart a pod that shares its address with another. calicoctl ipam check "
              "shows leaked "
              "addresses.",
    .run = OnTables(DuplicateIps),
});

}  // namespace
}  // namespace caliwatch
