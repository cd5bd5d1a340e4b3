// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "lib/model/kernel.h"

namespace caliwatch {

// What leads through one of Calico's VXLAN devices to one other node: blocks by way of its tunnel address, or a route
// to that address alone, which Felix makes for one of another node's block, or of a pool of single addresses. Nothing
// is learned there: Felix enters by hand the MAC of the gateway (the other node's tunnel address), and the node that
// this MAC is at.
struct VxlanPath {
  IpAddress gateway;
  const Link* device = nullptr;
  std::vector<Prefix> blocks;
  const Neighbor* neighbor = nullptr;  // the gateway's entry on the device, usable or not; null: there is none

  bool HasMac() const { return neighbor != nullptr && neighbor->IsUsable() && neighbor->mac; }
  std::string BlocksText() const;  // "192.168.5.0/26 leads to it", "12 blocks lead to it: …"
};

// "vxlan.calico" or "vxlan-v6.calico", where Felix enters the other ends: not the flow-based device of its eBPF data
// plane.
bool IsVxlanOfCalico(const Link& link);

// Of devices that are up, ordered by device and gateway; empty with the eBPF data plane, which has its own ways.
// Pointers lead into the tables given.
using VxlanPaths = std::vector<VxlanPath>;
VxlanPaths VxlanPathsOf(const std::vector<Route>& routes, const std::vector<Link>& links,
                        const std::vector<Neighbor>& neighbors);

}  // namespace caliwatch
