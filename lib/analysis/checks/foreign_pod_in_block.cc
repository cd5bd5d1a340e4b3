// SPDX-License-Identifier: Apache-2.0
#include <map>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

// What connects a container to the node without being Calico's.
bool ConnectsContainer(const Link& link) {
  return link.role == LinkRole::kHost && (link.kind == "veth" || link.kind == "netkit") && link.peer_netns_id &&
         !IsEbpfDevice(link);
}

absl::flat_hash_map<int, const Link*> ForeignContainers(const std::vector<Link>& links) {
  absl::flat_hash_map<int, const Link*> containers;
  for (const Link& link : links)
    if (ConnectsContainer(link)) containers[link.index] = &link;
  return containers;
}

bool LeadsToContainer(const Route& route) {
  return IsHostRoute(route) && route.type == RTN_UNICAST && !route.gateway && OwnerOf(route) != RouteOwner::kKernel;
}

// Where none is known to be Calico's, these may be: before 3.30 nothing tells, if their prefix is another.
Judgement ForeignPods(const std::vector<Link>& links, const std::vector<Route>& routes, const LocalBlocks& local,
                      const Workloads& workloads) {
  if (local.blocks.empty()) return absl::NotFoundError("this node has no blocks of addresses with a blackhole route");
  std::vector<Finding> findings;
  const absl::flat_hash_map<int, const Link*> containers = ForeignContainers(links);
  if (containers.empty() || workloads.rows.empty()) return findings;
  std::map<IpAddress, const Link*> foreign;
  for (const Route& route : routes)
    if (LeadsToContainer(route))
      if (const auto link = containers.find(route.link); link != containers.end())
        if (local.Contain(route.destination.address)) foreign.emplace(route.destination.address, link->second);
  findings.reserve(foreign.size());
  for (const auto& [address, link] : foreign)
    findings.push_back({address,
                        address.family,
                        absl::StrCat("is in a block of this node, but belongs to a container at ", link->name,
                                     ", which is none of Calico's interfaces"),
                        "",
                        {InterfaceName{link->name}}});
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence&) {
  return {Look("ls /etc/cni/net.d"),
          Look(absl::StrCat("kubectl get pods -A -o wide --field-selector status.podIP=", SubjectWord(finding)))};
}

const RegisterCheck registered(
    {
        .name = "foreign_pod_in_block",
        .severity = Severity::kWarning,
        .summary = "A container that Calico has not connected has an address of this node's own blocks.",
        .impact = "Calico may give the same address to a pod, and one of the two is cut off then; no policy protects "
                  "the container.",
        .meaning = "Another CNI plugin gives out addresses of the same range: it was there before Calico, and pods "
                   "that it connected still run, or its configuration comes first in /etc/cni/net.d.",
        .remedy = "See which plugin pods get (ls /etc/cni/net.d: the first file by name counts) and take the other "
                  "one's configuration away. Delete the pods that it connected (kubectl get pods -A -o wide names them "
                  "by their address), so that Calico makes them anew.",
        .time_to_hold = absl::Seconds(10),
        .says = "is that of a container which Calico has not connected",
    },
    JudgeNode(ForeignPods), CommandsOf);

}  // namespace
}  // namespace caliwatch
