// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <absl/strings/str_cat.h>

#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/commands.h"
#include "lib/analysis/routes/block_routes.h"

namespace caliwatch {
namespace {

struct Borrowed {
  const Address* address;
  const Link* tunnel;
  const Route* block = nullptr;  // that has it, and leads to another node
};

std::vector<Borrowed> OutsideOwnBlocks(const std::vector<Address>& addresses, const LocalBlocks& local,
                                       const LinkIndex& links) {
  std::vector<Borrowed> found;
  for (const Address& address : addresses)
    if (links.HasRole(address.link, LinkRole::kTunnel) && !address.address.IsLinkLocal() &&
        !local.Contain(address.address))
      found.push_back({&address, links.Find(address.link)});
  return found;
}

// What leads to routers may be a network of many blocks: one that is shorter than this node's own is none.
bool IsBlock(const Prefix& destination, const LocalBlocks& local) {
  return !destination.IsSingleAddress() &&
         std::any_of(local.blocks.begin(), local.blocks.end(), [&](const Prefix& own) {
           return own.address.family == destination.address.family && own.length <= destination.length;
         });
}

std::vector<Finding> InRemoteBlocks(const std::vector<Address>& addresses, const LocalBlocks& local,
                                    const std::vector<Route>& routes, const LinkIndex& links) {
  std::vector<Borrowed> outside = OutsideOwnBlocks(addresses, local, links);
  if (outside.empty()) return {};
  for (const Route& route : routes)
    for (Borrowed& each : outside)
      if (route.destination.Contains(each.address->address) && IsRemoteBlock(route, links) &&
          IsBlock(route.destination, local))
        each.block = &route;
  std::vector<Finding> findings;
  for (const Borrowed& each : outside)
    if (each.block != nullptr)
      findings.push_back(
          {each.address->address,
           each.address->address.family,
           absl::StrCat("is the address of ", each.tunnel->name, ", and lies in ", each.block->destination.ToString(),
                        ", a block of the node behind ", each.block->gateway->ToString()),
           {},
           {InterfaceName{each.tunnel->name}}});
  return findings;
}

Commands CommandsOf(const Finding&, const Evidence& evidence) {
  return {Look("calicoctl ipam show --show-blocks"), Look(CalicoNode(evidence))};
}

const RegisterCheck registered(
    {
        .name = "tunnel_address_in_remote_block",
        .severity = Severity::kInfo,
        .summary = "The address of this node's tunnel is in a block of another node.",
        .impact =
            "Before Calico 3.29, what programs of this node send to pods elsewhere is answered to the other node; pods "
            "are not concerned. From 3.29 on, each node has a route to this one address, and nothing is lost.",
        .meaning = "The pools had no free block for this node, so that it borrowed the address, or its own block was "
                   "released while it had the address from it.",
        .remedy = "Before 3.29, give the pool free blocks (calicoctl ipam show --show-blocks), remove the address from "
                  "the Node (calicoctl patch node NAME: ipv4VXLANTunnelAddr, or bgp.ipv4IPIPTunnelAddr), and restart "
                  "calico-node on this node: it takes another one.",
        .says = "is this node's tunnel address, and in a block of another node",
    },
    JudgeNode(InRemoteBlocks), CommandsOf);

}  // namespace
}  // namespace caliwatch
