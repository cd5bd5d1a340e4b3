// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/vxlan_paths.h"

#include <map>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/routes/block_routes.h"
#include "lib/model/link_index.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

constexpr size_t kNamed = 3;  // blocks

// A route to the other end itself. The kernel's own are those of the device's addresses.
bool IsToTunnelEnd(const Route& route) {
  return !route.gateway && route.table == RT_TABLE_MAIN && route.type == RTN_UNICAST &&
         route.destination.IsSingleAddress() && OwnerOf(route) != RouteOwner::kKernel;
}

}  // namespace

// The flow-based one is after Felix' source: no recorded node has it.
bool IsVxlanOfCalico(const Link& link) {
  const bool by_name = link.name == "vxlan.calico" || link.name == "vxlan-v6.calico";
  return by_name && !(link.vxlan && link.vxlan->flow_based);
}

std::string VxlanPath::BlocksText() const {
  if (blocks.empty()) return "none of its blocks is known";
  if (blocks.size() == 1) return absl::StrCat(blocks.front().ToString(), " leads to it");
  std::vector<std::string> named;
  for (const Prefix& block : blocks)
    if (named.size() < kNamed) named.push_back(block.ToString());
  return absl::StrCat(blocks.size(), " blocks lead to it: ", absl::StrJoin(named, ", "),
                      blocks.size() > kNamed ? ", …" : "");
}

VxlanPaths VxlanPathsOf(const std::vector<Route>& routes, const std::vector<Link>& links,
                        const std::vector<Neighbor>& neighbors) {
  std::map<int, const Link*> devices;
  for (const Link& link : links)
    if (IsVxlanOfCalico(link) && link.up) devices[link.index] = &link;
  if (devices.empty() || HasEbpfDataPlane(links)) return {};

  const LinkIndex index(links);
  std::map<std::pair<int, IpAddress>, VxlanPath> paths;
  for (const Route& route : routes) {
    if (devices.count(route.link) == 0) continue;
    if (IsRemoteBlock(route, index))
      paths[{route.link, *route.gateway}].blocks.push_back(route.destination);
    else if (IsToTunnelEnd(route))
      paths.try_emplace({route.link, route.destination.address});
  }
  for (const Neighbor& neighbor : neighbors)
    if (const auto path = paths.find({neighbor.link, neighbor.address});
        path != paths.end() && (neighbor.flags & NTF_PROXY) == 0)
      path->second.neighbor = &neighbor;

  std::vector<VxlanPath> found;
  for (auto& [key, path] : paths) {
    path.device = devices[key.first];
    path.gateway = key.second;
    found.push_back(std::move(path));
  }
  return found;
}

}  // namespace caliwatch
