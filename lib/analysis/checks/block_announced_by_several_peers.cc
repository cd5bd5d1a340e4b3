// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

// Blocks of one pool are of one size, and every node has one of its own. Routes of other sizes lead to services, which
// several nodes announce in good order.
std::set<uint8_t> BlockLengths(const LocalBlocks& local, Family family) {
  std::set<uint8_t> lengths;
  for (const Prefix& block : local.blocks)
    if (block.address.family == family && !block.IsSingleAddress()) lengths.insert(block.length);
  return lengths;
}

std::vector<Finding> SharedBlocks(const BirdEvidence& bird, const std::vector<Route>& routes,
                                  const LocalBlocks& local) {
  std::set<IpAddress> nodes;
  for (const BgpPeer& peer : *bird.now.peers)
    if (peer.kind == PeerKind::kMesh && peer.address) nodes.insert(*peer.address);
  if (nodes.empty()) return {};
  const std::set<uint8_t> lengths = BlockLengths(local, nodes.begin()->family);

  std::map<Prefix, std::map<std::string, IpAddress>> owners;
  for (const Route& route : routes)
    if (route.table == RT_TABLE_MAIN && OwnerOf(route) == RouteOwner::kBird && route.gateway &&
        nodes.count(*route.gateway) != 0 && lengths.count(route.destination.length) != 0)
      owners[route.destination].emplace(route.gateway->ToString(), *route.gateway);

  std::vector<Finding> findings;
  for (const auto& [block, gateways] : owners) {
    if (gateways.size() < 2) continue;
    const std::string names = absl::StrJoin(
        gateways, ", ", [](std::string* text, const auto& gateway) { absl::StrAppend(text, gateway.first); });
    Finding finding{block, block.address.family,
                    absl::StrCat("is announced by ", gateways.size(), " nodes at once: ", names,
                                 "; traffic to its pods is spread over them")};
    for (const auto& [name, gateway] : gateways) finding.related.emplace_back(gateway);
    findings.push_back(std::move(finding));
  }
  return findings;
}

const RegisterCheck registered(
    {
        .name = "block_announced_by_several_peers",
        .severity = Severity::kCritical,
        .summary = "Several nodes announce one and the same block of pod addresses.",
        .impact = "Connections to pods of the block are spread over several nodes, and those that go to the wrong one "
                  "are lost.",
        .meaning =
            "A block belongs to one node; to a block that two announce, the kernel uses both ways. It comes from "
            "IPAM records that were restored or edited, from nodes with the same name, or from static routes in "
            "BIRD's configuration.",
        .remedy =
            "See whose the block is (calicoctl ipam show --show-blocks, calicoctl get blockaffinities), and why the "
            "other node announces it (there: birdcl show route, and its BIRD configuration).",
    },
    JudgeEachBird(SharedBlocks));

}  // namespace
}  // namespace caliwatch
