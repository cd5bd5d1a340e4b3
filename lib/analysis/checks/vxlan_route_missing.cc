// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/analysis/routes/prefix_set.h"
#include "lib/analysis/routes/vxlan_paths.h"
#include "lib/model/shell_word.h"

namespace caliwatch {
namespace {

// The other end of a tunnel, as Felix entered it.
struct TunnelEnd {
  const Link* device = nullptr;
  std::set<IpAddress> nodes;  // by the FDB
};

std::map<IpAddress, TunnelEnd> EndsOf(const std::vector<Link>& links, const std::vector<Neighbor>& neighbors,
                                      const std::vector<FdbEntry>& fdb) {
  std::map<int, const Link*> devices;
  for (const Link& link : links)
    if (link.up && IsVxlanOfCalico(link)) devices[link.index] = &link;
  std::map<std::pair<int, MacAddress>, IpAddress> nodes;
  for (const FdbEntry& entry : fdb)
    if (entry.destination && !entry.destination->IsUnspecified()) nodes[{entry.link, entry.mac}] = *entry.destination;
  std::map<IpAddress, TunnelEnd> ends;
  for (const Neighbor& neighbor : neighbors) {
    const auto device = devices.find(neighbor.link);
    if (device == devices.end() || neighbor.state != NUD_PERMANENT || !neighbor.mac) continue;
    const auto node = nodes.find({neighbor.link, *neighbor.mac});
    if (node == nodes.end()) continue;
    TunnelEnd& end = ends[neighbor.address];
    end.device = device->second;
    end.nodes.insert(node->second);
  }
  return ends;
}

// Leaves those that no route leads to: neither by the tunnel nor past it, as within a subnet (CrossSubnet).
void TakeReached(const RemoteNodes& nodes, std::map<IpAddress, TunnelEnd>& ends) {
  std::set<IpAddress> reached;
  for (const RemoteNode& row : nodes.rows) {
    if (row.way == NodeWay::kNone) continue;
    if (row.tunnel_address) ends.erase(*row.tunnel_address);
    if (row.address) reached.insert(*row.address);
  }
  std::erase_if(ends, [&](const auto& end) { return reached.count(*end.second.nodes.begin()) != 0; });
}

// A node without a block of its own has borrowed its tunnel address from another one's, and needs no route but that.
void TakeBorrowed(const std::vector<Route>& routes, const LinkIndex& links, std::map<IpAddress, TunnelEnd>& ends) {
  if (ends.empty()) return;
  PrefixSet blocks;
  for (const Route& route : routes)
    if (IsRemoteBlock(route, links) || IsLocalBlock(route)) blocks.Insert(route.destination);
  std::erase_if(ends, [&](const auto& end) { return blocks.Hold(end.first); });
}

std::vector<Finding> RoutesMissing(const RemoteNodes& nodes, const std::vector<Link>& links,
                                   const std::vector<Neighbor>& neighbors, const std::vector<FdbEntry>& fdb,
                                   const std::vector<Route>& routes, const LinkIndex& index) {
  if (HasEbpfDataPlane(links)) return {};
  std::map<IpAddress, TunnelEnd> ends = EndsOf(links, neighbors, fdb);
  TakeReached(nodes, ends);
  TakeBorrowed(routes, index, ends);
  std::vector<Finding> findings;
  findings.reserve(ends.size());
  for (const auto& [address, end] : ends) {
    const IpAddress& node = *end.nodes.begin();
    findings.push_back({address,
                        address.family,
                        absl::StrCat("is the tunnel address of node ", node.ToString(), ", entered on ",
                                     end.device->name, ", but no route leads to a block of that node"),
                        {},
                        {InterfaceName{end.device->name}, address, node}});
  }
  return findings;
}

Commands CommandsOf(const Finding& finding, const Evidence& evidence) {
  return {Look(absl::StrCat(Ip(finding.family.value_or(Family::kIpv4)), " route show dev ",
                            ShellWord(InterfaceOf(finding)))),
          RestartCalicoNode(evidence)};
}

const RegisterCheck registered(
    {
        .name = "vxlan_route_missing",
        .severity = Severity::kCritical,
        .summary = "The VXLAN tunnel knows a node, but no route leads to any block of its pods.",
        .impact = "Pods of this node do not reach pods of that one: their packets follow the default route.",
        .meaning =
            "Felix enters a node's MAC address, its place in the forwarding database, and one route for each of its "
            "blocks, all together. The entries are there and no route is: another program deleted it (systemd-networkd "
            "and NetworkManager flush routes that they do not know), or a setting down and up of the interface. A node "
            "that has borrowed its tunnel address, and has no block, needs no route and is not named.",
        .remedy = "Felix writes it anew within 90 seconds (routeRefreshInterval); restart calico-node on this node if "
                  "not. If it goes again: ip monitor route, ManageForeignRoutes=no in /etc/systemd/networkd.conf, and "
                  "unmanaged-devices in NetworkManager's configuration.",
        .time_to_hold = absl::Seconds(3),  // while Felix enters a new node
        .causes = {{"tunnel_address_missing"}},
        .says = "is not reached: no route leads to its pods",
    },
    JudgeNode(RoutesMissing), CommandsOf);

}  // namespace
}  // namespace caliwatch
