// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/pod_gateways.h"

#include <algorithm>
#include <set>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>
#include <linux/if_addr.h>

namespace caliwatch {
namespace {

// The node's end of each pod's veth, by the pod's namespace.
using Veths = absl::flat_hash_map<int, const Link*>;

Veths VethsOf(const std::vector<Link>& links) {
  Veths veths;
  for (const Link& link : links)
    if (link.IsWorkload() && link.peer_netns_id) veths.try_emplace(*link.peer_netns_id, &link);
  return veths;
}

// What Calico calls the workload of each interface; none where it does not write that.
using Names = absl::flat_hash_map<absl::string_view, absl::string_view>;

Names NamesOf(const std::vector<Endpoint>* endpoints) {
  Names names;
  if (endpoints != nullptr)
    for (const Endpoint& endpoint : *endpoints) names.try_emplace(endpoint.interface, endpoint.workload);
  return names;
}

// Where a virtual machine has the address (KubeVirt's bridge binding), the pod's own end of the veth is a port of a
// bridge, the address is on a dummy, and there is no way out: the machine has its own.
bool IsWorkloads(const Link& link) { return (link.kind == "veth" || link.kind == "netkit") && link.master == 0; }

// The pod's own address: the kernel keeps a local route for it.
const Route* OwnAddress(const PodNetwork& pod, Family family) {
  absl::flat_hash_map<int, bool> workloads;  // by link
  for (const Link& link : pod.links) workloads.try_emplace(link.index, IsWorkloads(link));
  const auto own = std::find_if(pod.routes.begin(), pod.routes.end(), [&](const Route& route) {
    if (route.family() != family || route.type != RTN_LOCAL || route.destination.address.IsLinkLocal()) return false;
    const auto link = workloads.find(route.link);
    return link != workloads.end() && link->second;
  });
  return own != pod.routes.end() ? &*own : nullptr;
}

const Route* DefaultRoute(const PodNetwork& pod, Family family) {
  const auto route = std::find_if(pod.routes.begin(), pod.routes.end(), [&](const Route& each) {
    return each.family() == family && each.destination.IsDefault() && each.table == RT_TABLE_MAIN &&
           each.type == RTN_UNICAST;
  });
  return route != pod.routes.end() ? &*route : nullptr;
}

const PodNeighbor* EntryFor(const IpAddress& gateway, int link, const PodNetwork& pod) {
  const auto entry = std::find_if(pod.neighbors.begin(), pod.neighbors.end(), [&](const PodNeighbor& neighbor) {
    return neighbor.address == gateway && neighbor.link == link && (neighbor.flags & NTF_PROXY) == 0;
  });
  return entry != pod.neighbors.end() ? &*entry : nullptr;
}

std::string NameOf(const Link& veth, const Route& own, const Names& names) {
  const auto name = names.find(veth.name);
  return name != names.end() ? std::string(name->second) : own.destination.address.ToString();
}

// So it looks to a container that does not take part in the node's mounts, or looks into another runtime's folder. One
// pod alone may have ended between two dumps.
absl::Status SeesPods(const std::vector<PodNetwork>& pods, const std::vector<Link>& links) {
  std::set<int> seen;
  for (const PodNetwork& pod : pods) seen.insert(pod.netns_id);
  size_t veths = 0;
  for (const Link& link : links) {
    if (!link.IsWorkload() || !link.peer_netns_id) continue;
    if (seen.count(*link.peer_netns_id) != 0) return absl::OkStatus();
    ++veths;
  }
  if (veths < 2) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("none of the ", veths,
                   " workload interfaces leads into a namespace of --netns.dir: it is another folder, or a container "
                   "mounts it without mountPropagation: HostToContainer"));
}

}  // namespace

absl::StatusOr<PodGateways> PodGatewaysOf(const std::vector<PodNetwork>& pods, const std::vector<Link>& links,
                                          const std::vector<Endpoint>* endpoints) {
  if (absl::Status sees = SeesPods(pods, links); !sees.ok()) return sees;
  const Veths veths = VethsOf(links);
  const Names names = NamesOf(endpoints);
  std::vector<PodGateway> gateways;
  for (const PodNetwork& pod : pods) {
    const auto at = veths.find(pod.netns_id);
    const Link* veth = at != veths.end() ? at->second : nullptr;
    for (Family family : kFamilies) {
      const Route* own = veth != nullptr ? OwnAddress(pod, family) : nullptr;
      if (own == nullptr) continue;
      PodGateway found{veth, family, NameOf(*veth, *own, names), std::nullopt, nullptr};
      if (const Route* route = DefaultRoute(pod, family)) {
        // A second network of the pod's may lead the default route elsewhere.
        if (!route->gateway || !route->gateway->IsLinkLocal()) continue;
        found.gateway = route->gateway;
        found.entry = EntryFor(*route->gateway, route->link, pod);
      }
      gateways.push_back(std::move(found));
    }
  }
  return gateways;
}

absl::flat_hash_set<int> LinksWithLinkLocal(const std::vector<Address>& addresses) {
  constexpr uint32_t kUnusable = IFA_F_TENTATIVE | IFA_F_DADFAILED;
  absl::flat_hash_set<int> links;
  for (const Address& row : addresses)
    if (row.address.family == Family::kIpv6 && row.address.IsLinkLocal() && (row.flags & kUnusable) == 0)
      links.insert(row.link);
  return links;
}

}  // namespace caliwatch
