// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"

namespace caliwatch {
namespace {

std::vector<Finding> DuplicateIps(const DuplicateNeighbors& duplicates, const LinkIndex& links) {
  std::vector<Finding> findings;
  for (const DuplicateNeighbor& duplicate : duplicates) {
    std::vector<std::string> interfaces;
    interfaces.reserve(duplicate.links.size());
    for (const int link : duplicate.links) interfaces.push_back(links.NameOf(link));
    findings.push_back(
        {duplicate.address, duplicate.address.family,
         absl::StrCat("has neighbor entries on ", interfaces.size(), " interfaces: ", absl::StrJoin(interfaces, ", ")),
         "", InterfacesOf(interfaces)});
  }
  return findings;
}

const RegisterCheck registered(
    {
        .name = "duplicate_neighbor_ip",
        .severity = Severity::kCritical,
        .summary = "One IP address has neighbor entries on several interfaces of this node.",
        .impact =
            "Traffic to the address reaches the workload that its route happens to name; the others are cut off or "
            "get what is not theirs.",
        .meaning = "Two workloads use one address, or interfaces of workloads that are long gone were left behind.",
        .remedy = "Find the workload that owns the address (kubectl get pods -A -o wide), delete the interfaces that "
                  "belong to none "
                  "(ip link delete NAME), and restart a pod that shares its address with another. calicoctl ipam check "
                  "shows leaked "
                  "addresses.",
        .causes = {{"duplicate_workload_ip"}, {"workload_route_wrong_interface"}},
    },
    JudgeNode(DuplicateIps));

}  // namespace
}  // namespace caliwatch
