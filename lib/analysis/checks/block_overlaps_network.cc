// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/overlaps.h"

namespace caliwatch {
namespace {

std::string DetailOf(const Overlap& overlap, const LinkIndex& links) {
  switch (overlap.kind) {
    case OverlapKind::kPeer:
      return absl::StrCat("is a block of pod addresses, and holds ", overlap.address->ToString(),
                          ", the address of another node or BGP peer, which is no longer reached by its own way");
    case OverlapKind::kGateway:
      return absl::StrCat("is a block of pod addresses, and holds ", overlap.address->ToString(),
                          ", the gateway of a default route");
    case OverlapKind::kNetwork:
      break;
  }
  return absl::StrCat("is a block of pod addresses, and overlaps ", overlap.network->ToString(),
                      ", a network of this host at ", links.NameOf(overlap.link));
}

struct Others {
  std::vector<IpAddress> nodes;         // peers of both families, and the nodes behind tunnels
  absl::flat_hash_set<IpAddress> mesh;  // of them
};

Others OthersOf(const Evidence& evidence) {
  Others others;
  for (const Bird& bird : evidence.now.birds) {
    if (!bird.peers.ok()) continue;
    for (const BgpPeer& peer : *bird.peers) {
      if (!peer.address || peer.kind == PeerKind::kLocalWorkload) continue;
      others.nodes.push_back(*peer.address);
      if (peer.kind == PeerKind::kMesh) others.mesh.insert(*peer.address);
    }
  }
  const auto& remote = std::get<absl::StatusOr<RemoteNodes>>(evidence.derived);
  if (remote.ok())
    for (const RemoteNode& row : remote->rows)
      if (row.address) others.nodes.push_back(*row.address);
  return others;
}

std::vector<Finding> OverlappingBlocks(const Evidence& evidence, const std::vector<Route>& routes,
                                       const LinkIndex& links) {
  std::vector<Finding> findings;
  const Others others = OthersOf(evidence);
  for (const Overlap& overlap : OverlapsOf(routes, links, others.nodes, others.mesh)) {
    Finding finding{overlap.block, overlap.block.address.family, DetailOf(overlap, links)};
    if (overlap.address) finding.related.emplace_back(*overlap.address);
    if (overlap.network) finding.related.emplace_back(*overlap.network);
    findings.push_back(std::move(finding));
  }
  return findings;
}

Commands CommandsOf(const Finding&, const Evidence&) {
  return {Look("calicoctl get ippool -o wide"), Look("ip -brief address")};
}

const RegisterCheck registered(
    {
        .name = "block_overlaps_network",
        .severity = Severity::kWarning,
        .summary = "A block of pod addresses overlaps a network of the hosts.",
        .impact = "The longer prefix wins: either pods, or machines with the same addresses, are not reached from this "
                  "node; where it holds a peer or a gateway, sessions and routes go with it.",
        .meaning =
            "IP pools must be apart from all networks that the hosts are in, those of docker0 and of virtual machines "
            "included. Judged are the blocks that the kernel has routes of (this node's, Felix' and those of BGP's "
            "mesh: routers announce the hosts' networks by right), against the networks of this host's interfaces, BGP "
            "peers, nodes behind tunnels and the default gateway. A pool may lie in the hosts' network only where "
            "Calico is told to answer ARP for pods there (localSubnetL2Reachability, from 3.33 on).",
        .remedy = "Make another IP pool that overlaps nothing, disable this one (calicoctl get ippool -o wide; "
                  "spec.disabled true), restart the pods that have addresses of it, then delete it. If the other "
                  "network is docker0's or another that nobody needs, give that another range instead.",
        .time_to_hold = absl::Seconds(10),
        .says = "overlaps a network of the hosts",
    },
    JudgeNode(OverlappingBlocks), CommandsOf);

}  // namespace
}  // namespace caliwatch
