// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/wireguard_routes.h"

namespace caliwatch {

bool IsWireguard(const Link* link) {
  return link != nullptr && link->role == LinkRole::kTunnel && link->kind == "wireguard";
}

absl::flat_hash_set<Prefix> EncryptedDestinations(const Snapshot& node, const LinkIndex& links) {
  absl::flat_hash_set<uint32_t> tables;
  if (node.rules.ok())
    for (const Rule& rule : *node.rules)
      if (rule.inverted && rule.mask != 0) tables.insert(rule.table);
  absl::flat_hash_set<Prefix> destinations;
  if (tables.empty()) return destinations;
  for (const Route& route : *node.routes)
    if (tables.contains(route.table) && route.type == RTN_UNICAST && IsWireguard(links.Find(route.link)))
      destinations.insert(route.destination);
  return destinations;
}

}  // namespace caliwatch
