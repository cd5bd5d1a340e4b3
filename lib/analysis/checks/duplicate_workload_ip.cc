// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>

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

// Who gets the traffic. Felix leads an address that several have to the interface of the highest index, which came
// last.
std::string TrafficText(Holder first, Holder last, const HostRoutes& routes, const LinkIndex& links) {
  const std::vector<const Route*> best = routes.BestTo(first->address);
  if (best.empty()) return "";
  const std::string taker = links.NameOf(best.front()->link);
  const bool is_holder = std::any_of(first, last, [&](const WorkloadAddress& one) { return one.interface == taker; });
  return is_holder ? absl::StrCat("; the route leads to ", taker) : "";
}

// Whom the address is of no use to, if that is one and is known by name: the node takes its own from all workloads, and
// of two workloads one has the route.
std::string LoserText(Holder first, Holder last, bool is_local, const HostRoutes& routes, const LinkIndex& links) {
  const IpAddress& address = first->address;
  const std::vector<const Route*> best = routes.BestTo(address);
  const std::string taker = is_local || best.size() != 1 ? "" : links.NameOf(best.front()->link);
  if (!is_local && std::none_of(first, last, [&](const auto& one) { return one.interface == taker; })) return "";
  std::map<std::string, std::string> losers;  // interface, owner
  for (; first != last; ++first)
    if (first->interface != taker) losers.emplace(first->interface, first->owner);
  if (losers.size() != 1 || losers.begin()->second.empty()) return "";
  std::string name = losers.begin()->second;
  name.front() = absl::ascii_toupper(static_cast<unsigned char>(name.front()));
  return absl::StrCat(name, " (", address.ToString(), ")");
}

constexpr char kRemedy[] =
    "1. calicoctl ipam show --ip=ADDRESS names the pod that the address is recorded for (caliwatch ipam ADDRESS says "
    "all "
    "that is known of it). 2. Delete one pod: the one that it does not name, whichever is older, so that it gets an "
    "address of its own (kubectl delete pod -n NAMESPACE NAME); never the interface. If the one that it names were "
    "deleted, the other would keep an address that is free to be given again, of which the node shows nothing more. If "
    "it names neither, delete both, one after the other. 3. ip route show ADDRESS: 1 to 2 s later the route leads to "
    "the "
    "one that stays. 4. calicoctl ipam check shows addresses in use that are not recorded: those pods are to be made "
    "anew as well. Look for a fixed address in both (annotation cni.projectcalico.org/ipAddrs). If the node itself is "
    "a "
    "holder, its tunnel address is in the Node resource (calicoctl get node NAME -o yaml).";

// With the line that deletes each pod, in place of one for any. It is not among those to type: only one of them is.
std::string RemedyFor(const std::set<std::string>& pods) {
  std::vector<std::string> lines;
  for (const std::string& pod : pods) lines.push_back(absl::StrCat("kubectl delete pod ", pod));
  return absl::StrReplaceAll(kRemedy, {{"kubectl delete pod -n NAMESPACE NAME", absl::StrJoin(lines, ", or ")}});
}

// All that hold one address: workloads at different interfaces, and the node itself.
std::vector<Finding> Judge(Holder first, Holder last, const LocalAddresses& local, const HostRoutes& routes,
                           const LinkIndex& links, absl::string_view judged_by) {
  std::vector<std::string> holders, interfaces;
  std::set<std::string> pods;
  std::string traffic = TrafficText(first, last, routes, links);
  const std::string loser = LoserText(first, last, local.contains(first->address), routes, links);
  for (; first != last; ++first) {
    if (!interfaces.empty() && interfaces.back() == first->interface) continue;
    holders.push_back(Describe(*first));
    interfaces.push_back(first->interface);
    if (std::string pod = KubectlPod(first->owner); !pod.empty()) pods.insert(std::move(pod));
  }
  const IpAddress address = std::prev(last)->address;
  if (const auto own = local.find(address); own != local.end()) {
    holders.push_back(absl::StrCat("this node itself at ", own->second));
    interfaces.push_back(own->second);
  }
  if (holders.size() < 2) return {};
  Finding finding{address, address.family,
                  absl::StrCat("is the address of ", absl::StrJoin(holders, " and of "), traffic, judged_by)};
  finding.who = loser.empty() ? absl::StrCat("One of the holders of ", address.ToString()) : loser;
  if (!pods.empty()) finding.remedy = RemedyFor(pods);
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

// They look. Which pod is to go, the first one tells, and the remedy how: typed one after the other, none goes.
Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  const std::string address = SubjectWord(finding);
  Commands commands = {Look(absl::StrCat("calicoctl ipam show --ip=", address))};
  const size_t looks = commands.size();
  for (const Thing& thing : finding.related)
    if (const auto* interface = std::get_if<InterfaceName>(&thing))
      if (const std::string pod = KubectlPod(OwnerAt(interface->name, evidence)); !pod.empty())
        commands.push_back(Look(absl::StrCat("kubectl get pod -o wide ", pod)));
  // A field selector knows a pod by its first address alone.
  if (commands.size() == looks)
    commands.push_back(
        Look(absl::StrCat("kubectl get pods -A -o 'custom-columns=NAMESPACE:.metadata.namespace,"
                          "NAME:.metadata.name,IPS:.status.podIPs[*].ip' | grep -wF ",
                          address)));
  commands.push_back(Look(absl::StrCat(Ip(finding.family.value_or(Family::kIpv4)), " route show ", address)));
  commands.push_back(Look("calicoctl ipam check"));
  return commands;
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
        .remedy = kRemedy,
        .says = "is cut off: another has the same address, and gets what is sent to it",
    },
    JudgeNode(Duplicates), CommandsOf);

}  // namespace
}  // namespace caliwatch
