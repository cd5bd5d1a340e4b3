// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"

namespace caliwatch {
namespace {

using LocalAddresses = std::map<IpAddress, std::string>;  // to the interface that has it

LocalAddresses LocalAddressesOf(const std::vector<Address>& addresses, const LinkIndex& links) {
  LocalAddresses local;
  for (const Address& address : addresses) local[address.address] = links.NameOf(address.link);
  return local;
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
  Finding finding{address, address.family,
                  absl::StrCat("is the address of ", absl::StrJoin(holders, " and of "), judged_by)};
  finding.related = InterfacesOf(interfaces);
  finding.related.insert(finding.related.begin(), address);
  return {finding};
}

std::vector<Finding> Duplicates(const Workloads& workloads, const std::vector<Address>& addresses,
                                const HostRoutes& routes, const LinkIndex& links, const Table<Endpoint>& endpoints) {
  const LocalAddresses local = LocalAddressesOf(addresses, links);
  const std::vector<WorkloadAddress>& rows = workloads.rows;
  std::vector<Finding> findings;
  for (auto first = rows.begin(); first != rows.end();) {
    const auto last = std::find_if(first, rows.end(), [&](const auto& one) { return one.address != first->address; });
    if (!routes.IsMigrating(first->address))
      for (Finding& finding : Judge(first, last, local, JudgedBy(endpoints))) findings.push_back(std::move(finding));
    first = last;
  }
  return findings;
}

const RegisterCheck registered(
    {
        .name = "duplicate_workload_ip",
        .severity = Severity::kCritical,
        .summary = "One IP address belongs to two workloads of this node, or to a workload and the node itself.",
        .impact = "One of the holders gets the traffic of both, and the other is cut off.",
        .meaning =
            "The kernel has one route to an address. Against an address of the node's own, a tunnel's above all, "
            "the workload always loses. Calico's record of addresses has lost an entry, or the same fixed address "
            "was asked for twice. Two ends of a workload that is just being moved while it runs are not counted.",
        .remedy =
            "Delete the pod that came later, so that it gets another address (kubectl delete pod -n NAMESPACE NAME); "
            "the "
            "route of the one that stays may have to be added anew (ip route add ADDRESS dev INTERFACE scope link); "
            "look "
            "for a fixed address "
            "in both (annotation cni.projectcalico.org/ipAddrs). calicoctl ipam check shows addresses in use that are "
            "not "
            "recorded. If the node itself is a holder, its tunnel address is in the Node resource (calicoctl get node "
            "NAME -o yaml).",
    },
    JudgeNode(Duplicates));

}  // namespace
}  // namespace caliwatch
