// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/block_routes.h"
#include "lib/model/route_owner.h"

namespace caliwatch {
namespace {

using Owners = std::set<IpAddress>;

// Blocks of one pool are of one size, and every node has one of its own. Routes of other sizes lead to services, which
// several nodes announce in good order.
std::set<uint8_t> BlockLengths(const LocalBlocks& local, Family family) {
  std::set<uint8_t> lengths;
  for (const Prefix& block : local.blocks)
    if (block.address.family == family && !block.IsSingleAddress()) lengths.insert(block.length);
  return lengths;
}

using Nodes = absl::flat_hash_set<IpAddress>;  // asked for once a route

Nodes NodesOf(const BirdView& bird) {
  Nodes nodes;
  for (const BgpPeer& peer : *bird.peers)
    if (peer.kind == PeerKind::kMesh && peer.address) nodes.insert(*peer.address);
  return nodes;
}

std::string TextOf(const Owners& owners) {
  std::vector<std::string> names;
  names.reserve(owners.size());
  for (const IpAddress& owner : owners) names.push_back(owner.ToString());
  std::sort(names.begin(), names.end());
  return absl::StrJoin(names, ", ");
}

// To which of the two the kernel sends, and that it may be the wrong one.
std::string DetailOf(const Owners& owners, bool own, const Owners& used) {
  if (own)
    return absl::StrCat("is a block of this node, and ", TextOf(owners),
                        owners.size() == 1 ? " announces" : " announce",
                        " it as well: other nodes send traffic to its pods there");
  const std::string announced = absl::StrCat("is announced by ", owners.size(), " nodes at once: ", TextOf(owners));
  if (used.size() > 1) return absl::StrCat(announced, "; traffic to its pods is spread over them");
  return absl::StrCat(announced, "; this node sends traffic to its pods to ", TextOf(used), " alone");
}

struct SharedBlock {
  Owners announced, used;  // used: by the kernel's routes
  bool own = false;
  bool in_kernel = false;  // as a block's route is: those to services are kept from it
};
using SharedBlockMap = std::map<Prefix, SharedBlock>;

// Those that BIRD's table knows to be shared, and those to which the kernel has several ways.
SharedBlockMap CollectShared(const BirdEvidence& bird, const std::vector<Route>& routes, const RouteTally& tally,
                             const Nodes& nodes, const std::set<uint8_t>& lengths) {
  SharedBlockMap shared;
  for (const BlockClaim& claim : bird.before.shared_blocks) shared[claim.destination] = {claim.peers, {}, claim.own};
  const Route* last = nullptr;
  const auto take = [&](const Route& route) {
    if (!lengths.contains(route.destination.length) || route.table != RT_TABLE_MAIN) return;
    const auto found = shared.find(route.destination);
    SharedBlock* const known = found != shared.end() ? &found->second : nullptr;
    if (known != nullptr) known->in_kernel |= IsLocalBlock(route) || IsRemoteBlock(route);
    if (!IsRemoteBlock(route) || !nodes.contains(*route.gateway)) return;
    if (known != nullptr) known->used.insert(*route.gateway);
    if (OwnerOf(route) != RouteOwner::kBird) return;
    if (last != nullptr && last->destination == route.destination && last->gateway != route.gateway) {
      SharedBlock& block = shared[route.destination];
      block.used.insert({*last->gateway, *route.gateway});
      block.in_kernel = true;
    }
    last = &route;
  };
  if (shared.empty())  // then a destination with one route is of no interest, as nearly all of 100,000
    for (const size_t first : tally.several)
      for (size_t i = first; i < routes.size() && routes[i].destination == routes[first].destination; ++i)
        take(routes[i]);
  else
    for (const Route& route : routes) take(route);
  for (auto& [destination, block] : shared) block.announced.insert(block.used.begin(), block.used.end());
  return shared;
}

std::vector<Finding> SharedBlocks(const BirdEvidence& bird, const std::vector<Route>& routes, const LocalBlocks& local,
                                  const RouteTally& tally) {
  // Whoever gets traffic of what it passes on sends it on as well.
  std::set<Prefix> passed_on;
  for (const BlockClaim& claim : bird.before.shared_blocks)
    if (claim.passed_on) passed_on.insert(claim.destination);
  const Nodes nodes = NodesOf(bird.now);
  if (nodes.empty()) return {};
  std::vector<Finding> findings;
  const SharedBlockMap shared = CollectShared(bird, routes, tally, nodes, BlockLengths(local, bird.now.family));
  for (const auto& [destination, block] : shared) {
    if (passed_on.contains(destination) || !block.in_kernel || block.announced.size() + (block.own ? 1 : 0) < 2)
      continue;
    findings.push_back({destination,
                        destination.address.family,
                        DetailOf(block.announced, block.own, block.used),
                        {},
                        ThingsOf({block.announced.begin(), block.announced.end()})});
  }
  return findings;
}

constexpr size_t kAsked = 3;  // nodes

Commands CommandsOf(const Finding& finding, const Evidence&) {
  const std::string block = SubjectWord(finding);
  Commands commands = {Look("calicoctl ipam show --show-blocks"),
                       Look(absl::StrCat("calicoctl get blockaffinities -o yaml | grep -F -A3 'cidr: ", block, "'"))};
  for (size_t i = 0; i < std::min(finding.related.size(), kAsked); ++i)
    if (const auto* node = std::get_if<IpAddress>(&finding.related[i]))
      commands.push_back(Look(BirdclAt(*node, absl::StrCat("show route all ", block))));
  return commands;
}

const RegisterCheck registered(
    {
        .name = "block_announced_by_several_peers",
        .severity = Severity::kCritical,
        .summary = "Several nodes announce one and the same block of pod addresses.",
        .impact = "Connections to pods of the block are spread over several nodes, and those that go to the wrong one "
                  "are lost.",
        .meaning = "A block belongs to one node. To a block that two announce, the kernel has both ways, or one that "
                   "BIRD chose; a node that has it itself sends to its own pods. It comes from IPAM records that were "
                   "restored or edited, from nodes with the same name, or from static routes in BIRD's configuration.",
        .remedy = "See whose the block is (calicoctl ipam show --show-blocks, calicoctl get blockaffinities), and why "
                  "the other node announces it (there: birdcl show route, and its BIRD configuration).",
        .says = "is announced by several nodes at once",
    },
    JudgeEachBird(SharedBlocks), CommandsOf);

}  // namespace
}  // namespace caliwatch
