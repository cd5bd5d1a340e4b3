// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/block_claims.h"

#include <absl/container/flat_hash_map.h>
#include <absl/strings/match.h>

#include "lib/analysis/routes/block_routes.h"
#include "lib/model/bird_effort.h"

namespace caliwatch {
namespace {

constexpr absl::Duration kAskAgain = absl::Seconds(30);
constexpr absl::Duration kAskManyAgain = absl::Minutes(5);
constexpr size_t kMostClaims = 1'000;  // a node that announces all there is

using Nodes = absl::flat_hash_map<absl::string_view, IpAddress>;  // by the protocol of their session

Nodes NodesOf(const std::vector<BgpPeer>& peers) {
  Nodes nodes;
  for (const BgpPeer& peer : peers)
    if (peer.kind == PeerKind::kMesh && peer.address) nodes.emplace(peer.name, *peer.address);
  return nodes;
}

}  // namespace

std::vector<BlockClaim> SharedDestinations(const std::vector<BirdRoute>& table, const std::vector<BgpPeer>& peers) {
  const Nodes nodes = NodesOf(peers);
  std::vector<BlockClaim> shared;
  for (auto route = table.begin(); route != table.end() && shared.size() < kMostClaims;) {
    BlockClaim claim{route->destination, {}};
    std::set<uint32_t> origins;
    for (; route != table.end() && route->destination == claim.destination; ++route) {
      claim.own |= route->type == BirdRouteType::kBlackhole && absl::StartsWith(route->protocol, "static");
      const auto node = nodes.find(route->protocol);
      if (node == nodes.end()) continue;
      claim.peers.insert(node->second);
      origins.insert(route->origin_as);
    }
    claim.passed_on = !claim.own && origins.size() == 1 && *origins.begin() != 0;
    if (claim.peers.size() + (claim.own ? 1 : 0) > 1 && MayBeBlock(claim.destination))
      shared.push_back(std::move(claim));
  }
  return shared;
}

BlockClaims::Unused BlockClaims::UnusedRoutes(const BirdView& seen) {
  Unused unused;
  for (const BgpPeer& peer : *seen.peers)
    if (peer.kind == PeerKind::kMesh && peer.routes && peer.routes->imported != peer.routes->preferred)
      unused.emplace_back(peer.name, int64_t{peer.routes->imported} - peer.routes->preferred);
  return unused;
}

void BlockClaims::Follow(const BirdView& seen, const Table<BirdRoute>& answer) {
  ask_ = false;
  if (!seen.bird_answers()) return;
  Unused unused = UnusedRoutes(seen);
  if (unused.empty()) {
    shared_.clear();
    asked_for_.reset();
    return;
  }
  if (!absl::IsNotFound(answer.status())) {
    asked_ = seen.now;
    asked_for_ = answer.ok() ? std::optional(unused) : std::nullopt;
    routes_ = answer.ok() ? answer->size() : 0;
    if (answer.ok()) shared_ = SharedDestinations(*answer, *seen.peers);
  }
  const absl::Duration again = routes_ > kManyRoutes ? kAskManyAgain : kAskAgain;
  ask_ = asked_for_ != unused && (!asked_ || seen.now - *asked_ >= again);
}

}  // namespace caliwatch
