// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "test/support/healthy_node.h"

namespace caliwatch {

// The indexes of its interfaces that a test may want to change.
inline constexpr int kVxlanEth0 = 2, kVxlanWorkload = 5, kVxlanDevice = 10;

// HealthyNode where the pool is a VXLAN one: no BIRD; Felix makes the routes by vxlan.calico, and enters each of two
// other nodes there as neighbor and in the FDB. Its default route and switches are there, too. Nothing is wrong.
Snapshot VxlanNode();

// A block of one more node, or one more block of it, by its tunnel address.
Route VxlanRoute(absl::string_view block, absl::string_view gateway);
// In its place: a dump comes in order.
void AddRoute(Snapshot& node, const Route& route);

Link& LinkNamed(Snapshot& node, absl::string_view name);
// The row of an interface, or of NETCONFA_IFINDEX_ALL.
NetConf& NetConfOf(Snapshot& node, Family family, int link);
Neighbor& NeighborOf(Snapshot& node, absl::string_view address);

// The same node with Calico's eBPF data plane.
void SwitchToEbpf(Snapshot& node);

}  // namespace caliwatch
