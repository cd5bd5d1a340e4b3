// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/probe_targets.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include <absl/strings/match.h>

#include "lib/model/fnv_hash.h"

namespace caliwatch {
namespace {

// Both ends must come to the same, of whatever version: this must never change.
uint64_t HashOf(const IpAddress& low, const IpAddress& high) {
  FnvHash hash;
  for (const IpAddress* address : {&low, &high})
    for (size_t i = 0; i < address->size(); ++i) hash.Add(address->bytes.at(i));
  return hash.value();
}

// Calico calls the sessions of its mesh so.
bool IsNodeOfMesh(const RemoteNode& node) { return absl::StartsWith(node.protocol, "Mesh_"); }

bool IsWayTo(const IpAddress& claimed, const RemoteNode& node, const RouteLookup& lookup, const LinkIndex& links) {
  const absl::Span<const Route> hops = lookup.Find({.to = claimed});
  return std::any_of(hops.begin(), hops.end(), [&](const Route& hop) {
    return hop.gateway == node.address && links.NameOf(hop.link) == node.interface;
  });
}

std::optional<IpAddress> TunnelEndOf(const RemoteNode& node, const TunnelClaims& claims, const RouteLookup& lookup,
                                     const LinkIndex& links) {
  if (node.way == NodeWay::kVxlan) return node.tunnel_address;
  const auto said = claims.find(*node.address);
  if (node.way != NodeWay::kIpip || said == claims.end()) return std::nullopt;
  for (const IpAddress& claimed : said->second)
    if (claimed.family == node.family && IsWayTo(claimed, node, lookup, links)) return claimed;
  return std::nullopt;
}

bool IsTunnel(const RemoteNode& node) { return node.way == NodeWay::kVxlan || node.way == NodeWay::kIpip; }

}  // namespace

bool AsksFirst(const IpAddress& own, const IpAddress& other) {
  const auto& [low, high] = std::minmax(own, other);
  const bool low_asks = std::popcount(HashOf(low, high)) % 2 == 0;
  return (own == low) == low_asks;
}

std::vector<ProbeTarget> ProbeTargetsOf(const RemoteNodes& nodes, const PerFamily<std::optional<IpAddress>>& own,
                                        const TunnelClaims& claims, const RouteLookup& lookup, const LinkIndex& links) {
  std::map<IpAddress, ProbeTarget> by_address;
  for (const RemoteNode& node : nodes.rows) {
    if (!node.address || (!IsTunnel(node) && !IsNodeOfMesh(node))) continue;
    const auto [entry, is_new] = by_address.try_emplace(*node.address);
    ProbeTarget& target = entry->second;
    const std::optional<IpAddress>& known_as = own[node.address->family];
    if (is_new) target = {.address = *node.address, .is_ours = !known_as || AsksFirst(*known_as, *node.address)};
    if (target.tunnel_address) continue;  // by the way that comes first
    target.tunnel_address = TunnelEndOf(node, claims, lookup, links);
    if (target.tunnel_address) target.tunnel = node.interface;
  }
  std::vector<ProbeTarget> targets;
  targets.reserve(by_address.size());
  for (auto& [address, target] : by_address) targets.push_back(std::move(target));
  return targets;
}

}  // namespace caliwatch
