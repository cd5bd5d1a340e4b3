// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/mixed_ways.h"

namespace caliwatch {
namespace {

constexpr size_t kNamed = 5;

std::string Named(const std::set<IpAddress>& nodes) {
  std::vector<std::string> names;
  for (auto node = nodes.begin(); node != nodes.end() && names.size() < kNamed; ++node)
    names.push_back(node->ToString());
  return absl::StrCat(absl::StrJoin(names, ", "), nodes.size() > kNamed ? ", …" : "");
}

Finding FindingOf(const MixedWays& mixed, const LinkIndex& links) {
  const std::string bare_by = links.NameOf(mixed.link);
  Finding finding{InterfaceName{"tunl0"},
                  Family::kIpv4,
                  absl::StrCat("of the nodes on this node's network (", mixed.network.ToString(), ") ",
                               mixed.tunnelled.size(), " are reached through tunl0 (", Named(mixed.tunnelled), ") and ",
                               mixed.bare.size(), " by ", bare_by, " without encapsulation (", Named(mixed.bare),
                               "), and their blocks lie between each other's; one half is out of date"),
                  {},
                  {InterfaceName{"tunl0"}}};
  for (const IpAddress& node : mixed.bare) finding.related.emplace_back(node);
  return finding;
}

// This node's address as its sessions use it.
std::optional<IpAddress> OwnAddress(const BirdView& bird) {
  for (const BgpPeer& peer : *bird.peers)
    if (peer.kind == PeerKind::kMesh && peer.source_address) return peer.source_address;
  const absl::StatusOr<IpAddress> router_id = IpAddress::Parse(bird.status->router_id);
  return router_id.ok() ? std::optional(*router_id) : std::nullopt;
}

bool HaveBothWays(const RemoteNodes& nodes) {
  bool tunnelled = false, bare = false;
  for (const RemoteNode& row : nodes.rows) {
    tunnelled |= row.way == NodeWay::kIpip;
    bare |= row.way == NodeWay::kDirect && row.by_bird && row.family == Family::kIpv4;
  }
  return tunnelled && bare;
}

std::vector<Finding> PartlyTunnelled(const BirdEvidence& bird, const std::vector<Route>& routes,
                                     const std::vector<Link>& links, const std::vector<Address>& addresses,
                                     const LinkIndex& index, const RemoteNodes& nodes) {
  if (bird.now.family != Family::kIpv4 || !HaveBothWays(nodes)) return {};
  const std::optional<IpAddress> own = OwnAddress(bird.now);
  if (!own) return {};
  const std::optional<MixedWays> mixed = FindMixedWays(routes, links, addresses, *own, *bird.now.peers);
  if (!mixed) return {};
  return {FindingOf(*mixed, index)};
}

Commands CommandsOf(const Finding&, const Evidence&) {
  return {Look("calicoctl get ippool -o wide"), Look("ip route show proto bird dev tunl0"),
          Look("ip route show proto bird")};
}

const RegisterCheck registered(
    {
        .name = "routes_partly_tunnelled",
        .severity = Severity::kWarning,
        .summary = "Nodes of one network are reached partly through tunl0 and partly without encapsulation.",
        .impact = "Packets that go one way encapsulated and come back bare are dropped by the check of the reverse "
                  "path: pods of some nodes do not reach those of others.",
        .meaning = "After the ipipMode of a pool was changed BIRD may leave routes as they were, since it compares "
                   "next hops and not whether they go through tunl0. Which half is out of date only the pool's mode "
                   "tells, and this node does not have it. Pools with and without encapsulation side by side look "
                   "otherwise: nodes are reached both ways, or the blocks of each half lie apart. Judged are nodes of "
                   "the mesh on the network that holds this node's address.",
        .remedy = "See the pool's ipipMode (calicoctl get ippool -o wide). CrossSubnet or Never: the routes through "
                  "tunl0 to nodes of this network are out of date; Always: those without it. Delete that half (ip "
                  "route del PREFIX proto bird), and BIRD writes it anew within seconds. A node whose routes come back "
                  "as they were needs a restart of its calico-node.",
        .time_to_hold = absl::Seconds(10),  // while a changed mode is carried out
        .causes = {{"route_without_encapsulation"}},
        .says = "is used for one half of the nodes of a network alone",
    },
    JudgeEachBird(PartlyTunnelled), CommandsOf);

}  // namespace
}  // namespace caliwatch
