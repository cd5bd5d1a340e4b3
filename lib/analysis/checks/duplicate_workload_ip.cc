// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"

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
// Who gets the traffic. Felix leads an address that several have to the interface of the highest index, which came
// last.
std::string TrafficText(Holder first, Holder last, const HostRoutes& routes, const LinkIndex& links) {
  const std::vector<const Route*> best = routes.BestTo(first->address);
  if (best.empty()) return "";
  const std::string taker = links.NameOf(best.front()->link);
  const bool is_holder = std::any_of(first, last, [&](const WorkloadAddress& one) { return one.interface == taker; });
  return is_holder ? absl::StrCat("; the route leads to ", taker) : "";
}

std::vector<Finding> Judge(Holder first, Holder last, const LocalAddresses& local, const HostRoutes& routes,
                           const LinkIndex& links, absl::string_view judged_by) {
  std::vector<std::string> holders, interfaces;
  std::string traffic = TrafficText(first, last, routes, links);
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
                  absl::StrCat("is the address of ", absl::StrJoin(holders, " and of "), traffic, judged_by)};
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
      for (Finding& finding : Judge(first, last, local, routes, links, JudgedBy(endpoints)))
        findings.push_back(std::move(finding));
    first = last;
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence&) {
  const std::string address = SubjectWord(finding);
  return {Look(absl::StrCat("calicoctl ipam show --ip=", address)),
          Look(absl::StrCat("kubectl get pods -A -o wide --field-selector status.podIP=", address)),
          Look(absl::StrCat(Ip(finding.family.value_or(Family::kIpv4)), " route show ", address)),
          Look("calicoctl ipam check")};
}

const RegisterCheck registered(
    {
        .name = "duplicate_workload_ip",
        .severity = Severity::kCritical,
        .summary = "One IP address belongs to two workloads of this node, or to a workload and the node itself.",
        .impact = "One of the holders gets the traffic of both, and the other is cut off.",
        .meaning =
            "The kernel has one route to an address. Against an address of the node's own, a tunnel's above all, the "
            "workload always loses. Calico's record of addresses has lost an entry, or the same fixed address was "
            "asked for twice. Two ends of a workload that is just being moved while it runs are not counted.",
        .remedy = "calicoctl ipam show --ip=ADDRESS tells whom the address is recorded for (calicoctl get ipamhandle, "
                  "by the handle). Delete the other pod, so that it gets an address of its own (kubectl delete pod -n "
                  "NAMESPACE NAME), and never the interface. After IPAM records were lost, the record is as a rule "
                  "that of the pod that came later, and the older ones lack theirs: then it is the older that must be "
                  "made anew. Deleting the one that has the record leaves the other running with an address that is "
                  "free to be given again, of which the node shows nothing more. If the address is recorded for "
                  "neither, delete both, one after the other. The route of the one that stays is right 1 to 2 s later. "
                  "Look for a fixed address in both (annotation cni.projectcalico.org/ipAddrs); calicoctl ipam check "
                  "shows addresses in use that are not recorded: those pods are to be made anew as well. If the node "
                  "itself is a holder, its tunnel address is in the Node resource (calicoctl get node NAME -o yaml).",
        .says = "belongs to two at once, and one of them is cut off",
    },
    JudgeNode(Duplicates), CommandsOf);

}  // namespace
}  // namespace caliwatch
