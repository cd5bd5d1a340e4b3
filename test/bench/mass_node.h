// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "lib/analysis/observe.h"
#include "test/bench/meter.h"
#include "test/support/healthy_node.h"

namespace caliwatch {

// The address `number` after `base`, which is IPv4 in host order.
IpAddress Numbered(uint32_t base, int number);

// HealthyNode with so many peers of the mesh, and so many blocks of theirs.
Snapshot NodeWithRoutes(int peers, int routes);
// The same node once the kernel has none of these, or has them in order again.
void DropRemoteRoutes(Snapshot& node);
void Order(std::vector<Route>& routes);
// What BIRD says that it gave to the kernel: so many routes, and its own block.
void SetExported(Snapshot& node, int routes);
// BIRD's table, where it gave all of these to the kernel.
std::vector<BirdRoute> TableOf(const Snapshot& node);

// A node that is polled every five seconds.
struct PolledNode {
  // One poll; `table` is what BIRD answers if it is asked for its routes.
  double Poll(const Meter& meter, const std::vector<BirdRoute>* table = nullptr, const Journal& journal = {});
  double WorstOf(int polls, const Meter& meter, const std::vector<BirdRoute>* table = nullptr);

  Snapshot node;
  Observer observer = Observer();
  Report report = {}, before = {};  // of the last two polls
};

}  // namespace caliwatch
