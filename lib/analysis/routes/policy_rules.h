// SPDX-License-Identifier: Apache-2.0
#pragma once

// Policy rules that decide before table main what happens to pods' packets.

#include <vector>

#include "lib/model/kernel.h"
#include "lib/model/link_index.h"

namespace caliwatch {

// The one by which Calico's Felix sends pods' packets to WireGuard's table: for all without a mark of one bit of
// 0xffff0000, which the tunnel's own packets have (felix/wireguard in Calico's source). WireGuard's own tool marks with
// other numbers.
bool IsWireguardRule(const Rule& rule);

// What one route of another table takes from the routes that Calico made in table main.
struct RuleDetour {
  const Rule* rule = nullptr;
  const Route* route = nullptr;  // in the rule's table
  Prefix first_block;            // that it takes, of this node or another
  Prefix around;                 // the smallest network that holds all of them
  uint32_t blocks = 0;
};

// Judged are rules for all packets, or for all to a destination: what asks for a source, a mark or an interface, or
// leads to the same gateway, takes nothing from pods that they were not meant to lose. By rule, then route; pointers
// lead into the tables given.
std::vector<RuleDetour> RuleDetours(const std::vector<Rule>& rules, const std::vector<Route>& routes,
                                    const LinkIndex& links);

}  // namespace caliwatch
