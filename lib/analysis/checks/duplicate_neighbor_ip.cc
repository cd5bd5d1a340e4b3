// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/model/shell_word.h"

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

constexpr size_t kShown = 5;  // interfaces

Commands CommandsOf(const Finding& finding, const Evidence&) {
  const std::string address = SubjectWord(finding);
  Commands commands = {Look(absl::StrCat("kubectl get pods -A -o wide --field-selector status.podIP=", address)),
                       Look(absl::StrCat("calicoctl ipam show --ip=", address)),
                       Look(absl::StrCat(Ip(finding.family.value_or(Family::kIpv4)), " neigh show ", address))};
  for (size_t i = 0; i < std::min(finding.related.size(), kShown); ++i)
    commands.push_back(Look(absl::StrCat("ip -d link show ", ShellWord(ThingText(finding.related[i])))));
  commands.push_back(Look("lsns -t net -o NETNSID,PID,COMMAND"));
  return commands;
}

const RegisterCheck registered(
    {
        .name = "duplicate_neighbor_ip",
        .severity = Severity::kCritical,
        .summary = "One IP address has neighbor entries on several interfaces of this node.",
        .impact = "Traffic to the address reaches the workload that its route happens to name; the others are cut off "
                  "or get what is not theirs.",
        .meaning = "Two workloads use one address, or interfaces of workloads that are long gone were left behind. A "
                   "second entry on an interface of the node that has the address in its own network is not counted: "
                   "so a pod looks that has a further address there (Multus).",
        .remedy = "Find the workload that owns the address (kubectl get pods -A -o wide; calicoctl ipam show "
                  "--ip=ADDRESS). If two run, delete the one that it is not recorded for (kubectl delete pod -n "
                  "NAMESPACE NAME). If an interface belongs to none, see who is behind it (ip -d link show NAME tells "
                  "the number of its other end's namespace, lsns -t net -o NETNSID,PID,COMMAND the processes in it); "
                  "without any, ip netns list names the namespace with that id, and ip netns delete NAMESPACE lets it "
                  "go, its interface with it. calicoctl ipam check shows leaked addresses.",
        .causes = {{"duplicate_workload_ip"}, {"workload_route_wrong_interface"}},
        .says = "is in use at several interfaces",
    },
    JudgeNode(DuplicateIps), CommandsOf);

}  // namespace
}  // namespace caliwatch
