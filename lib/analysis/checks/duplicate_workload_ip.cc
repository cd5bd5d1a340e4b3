// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/routes/host_routes.h"
#include "lib/analysis/workloads/workloads.h"
#include "lib/model/link_index.h"

namespace caliwatch {
namespace {

using LocalAddresses = std::map<IpAddress, std::string>;  // to the interface that has it

LocalAddresses LocalAddressesOf(const Snapshot& snapshot) {
  const LinkIndex links(*snapshot.links);
  LocalAddresses addresses;
  for (const Address& address : *snapshot.addresses) addresses[address.address] = links.NameOf(address.link);
  return addresses;
}

using Holder = std::vector<WorkloadAddress>::const_iterator;

// All that hold one address: workloads at different interfaces, and the node itself.
std::vector<Finding> Judge(Holder first, Holder last, const LocalAddresses& local, absl::string_view judged_by) {
  std::vector<std::string> holders, interfaces;
  for (; first != last; ++first) {
    if (!interfaces.empty() && interfaces.back() == first->interface) continue;
    holders.push_back(Describe(*first));
    interfaces.push_back(first->interface);
  }
  const IpAddress address = std::prev(last)->address;
  if (const auto own = local.find(address); own != local.end()) {
    holders.push_back(absl::StrCat("this node itself at ", own->second));
    interfaces.push_back(own->second);
  }
  if (holders.size() < 2) return {};
  Finding finding{address.ToString(),
                  absl::StrCat("is the address of ", absl::StrJoin(holders, " and of "), judged_by)};
  finding.about = std::move(interfaces);
  finding.about.insert(finding.about.begin(), finding.subject);
  return {finding};
}

Judgement Duplicates(const Snapshot& snapshot) {
  const absl::StatusOr<std::vector<WorkloadAddress>> workloads = WorkloadAddresses(snapshot);
  if (absl::Status missing = FirstError({workloads.status(), snapshot.addresses.status(), snapshot.routes.status()});
      !missing.ok())
    return missing;
  const LocalAddresses local = LocalAddressesOf(snapshot);
  const HostRoutes routes(*snapshot.routes);
  std::vector<Finding> findings;
  for (auto first = workloads->begin(); first != workloads->end();) {
    const auto last =
        std::find_if(first, workloads->end(), [&](const auto& one) { return one.address != first->address; });
    if (!routes.IsMigrating(first->address))
      for (Finding& finding : Judge(first, last, local, JudgedBy(snapshot))) findings.push_back(std::move(finding));
    first = last;
  }
  return findings;
}

const RegisterCheck registered({
    .name = "duplicate_workload_ip",
    .severity = Severity::kCritical,
    .summary = "One IP address belongs to two workloads of this node, or to a workload and the node itself.",
    .impact = "One of the holders gets the traffic of both, and the other is cut off.",
    .meaning = "The kernel has one route to an address. Against an address of the node's own, a tunnel's above all, "
               "the workload always loses. Calico's record of addresses has lost an entry, or the same fixed address "
               "was asked for twice. Two ends of a workload that is just being moved while it runs are not counted.",
    .remedy =
        "Delete the pod that came later, so that it gets another address (kubectl delete pod -n NAMESPACE NAME); the "
        "route of the one that stays may have to be added anew (ip route add ADDRESS dev INTERFACE scope link); look "
        "for a fixed address "
        "in both (annotation cni.projectcalico.org/ipAddrs). calicoctl ipam check shows addresses in use that are not "
        "recorded. If the node itself is a holder, its tunnel address is in the Node resource (calicoctl get node "
        "NAME -o yaml).",
    .run = Duplicates,
});

}  // namespace
}  // namespace caliwatch
