// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <optional>
#include <utility>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

// Of a pod that has one interface of its own, on no bridge: behind a bridge, as with a virtual machine, another
// answers.
std::optional<MacAddress> MacOf(const PodNetwork& pod) {
  const Link* only = nullptr;
  for (const Link& link : pod.links) {
    if (link.kind != "veth" && link.kind != "netkit") continue;
    if (only != nullptr || link.master != 0) return std::nullopt;
    only = &link;
  }
  return only == nullptr ? std::nullopt : only->mac;
}

struct KnownMacs {
  std::map<std::pair<IpAddress, int>, MacAddress> by_address;  // at an interface: Calico's
  std::map<int, MacAddress> by_link;                           // by the node's end: the pod's own
};

KnownMacs KnownMacsOf(const absl::StatusOr<WantedWorkloads>& wanted, const Table<PodNetwork>& pods,
                      const std::vector<Link>& links) {
  std::map<absl::string_view, int> indexes;
  std::map<int, int> by_netns;
  for (const Link& link : links) {
    if (!link.IsWorkload()) continue;
    indexes[link.name] = link.index;
    if (link.peer_netns_id) by_netns[*link.peer_netns_id] = link.index;
  }
  KnownMacs known;
  if (wanted.ok())
    for (const WorkloadAddress& workload : wanted->rows)
      if (const auto link = indexes.find(workload.interface); link != indexes.end() && workload.mac)
        known.by_address[{workload.address, link->second}] = *workload.mac;
  if (!pods.ok()) return known;
  for (const PodNetwork& pod : *pods)
    if (by_netns.contains(pod.netns_id))
      if (const std::optional<MacAddress> mac = MacOf(pod)) known.by_link[by_netns.at(pod.netns_id)] = *mac;
  return known;
}

// What is wrong with an entry, or "".
std::string Mismatch(const Neighbor& entry, const KnownMacs& known) {
  if (!entry.IsUsable() || !entry.mac || entry.address.IsLinkLocal()) return "";
  const auto but = [&](absl::string_view what, const MacAddress& mac) {
    return absl::StrCat("the ", NeighborStateName(entry.state), " neighbor entry says ", ToString(*entry.mac), ", but ",
                        what, ToString(mac));
  };
  const auto wanted = known.by_address.find({entry.address, entry.link});
  if (wanted != known.by_address.end() && wanted->second != *entry.mac)
    return but("Calico has given it ", wanted->second);
  const auto own = known.by_link.find(entry.link);
  if (own != known.by_link.end() && own->second != *entry.mac)
    return but("the interface inside the pod has ", own->second);
  return "";
}

std::vector<Finding> Mismatches(const KnownMacs& known, const std::vector<Neighbor>& neighbors,
                                const LinkIndex& links) {
  std::map<std::string, Finding> findings;
  for (const Neighbor& entry : neighbors) {
    const std::string mismatch = Mismatch(entry, known);
    if (mismatch.empty()) continue;
    const std::string interface = links.NameOf(entry.link);
    findings.try_emplace(entry.address.ToString(), Finding{entry.address,
                                                           entry.address.family,
                                                           absl::StrCat("at ", interface, " ", mismatch),
                                                           "",
                                                           {entry.address, InterfaceName{interface}}});
  }
  std::vector<Finding> listed;
  listed.reserve(findings.size());
  for (auto& [address, finding] : findings) listed.push_back(std::move(finding));
  return listed;
}

Judgement MacMismatches(const std::vector<Link>& links, const std::vector<Neighbor>& neighbors, const LinkIndex& index,
                        const absl::StatusOr<WantedWorkloads>& wanted, const Table<PodNetwork>& pods) {
  const KnownMacs known = KnownMacsOf(wanted, pods, links);
  std::vector<Finding> findings = Mismatches(known, neighbors, index);
  if (!findings.empty()) return findings;
  for (const absl::Status& status : {wanted.status(), pods.status()})
    if (!status.ok() && !absl::IsNotFound(status)) return status;
  if (!pods.ok() && known.by_address.empty())
    return absl::NotFoundError("Calico gives its workloads no MAC addresses here, and nobody asked to look into pods");
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence&) {
  const std::string address = SubjectWord(finding);
  return {Change(absl::StrCat("ip neigh del ", address, " dev ", ShellWord(InterfaceOf(finding)))),
          Look(absl::StrCat("ip neigh show ", address))};
}

const RegisterCheck registered(
    {
        .name = "workload_neighbor_mac_mismatch",
        .severity = Severity::kCritical,
        .summary = "The kernel sends a workload's traffic to a MAC address that is not the workload's.",
        .impact = "The workload drops what it gets, because the frames are addressed to somebody else.",
        .meaning = "A permanent neighbor entry was left behind by an earlier workload, or the workload changed its MAC "
                   "address. Where Calico gives out no MAC addresses (the Kubernetes datastore), only pods that the "
                   "agent may look into are judged.",
        .remedy = "ip neigh del ADDRESS dev INTERFACE: the kernel asks anew, and Felix writes the entry again where it "
                  "keeps one. If the old address comes back, another machine or pod answers for the address: ip neigh "
                  "show ADDRESS names all interfaces that know it.",
        .causes = {{"duplicate_workload_ip"}},
        .says = "is cut off: the kernel sends to another hardware address",
    },
    JudgeNode(MacMismatches), CommandsOf);

}  // namespace
}  // namespace caliwatch
