// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the node is, whatever may be wrong with it: for people, who look at one of many.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "lib/analysis/evidence/derived.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// A tunnel device of Calico's that is there. The kernel makes tunl0 by itself with the module: one that is switched off
// and has no address says nothing of IPIP, and is left out.
struct NodeTunnel {
  std::string device;  // "tunl0", "vxlan.calico", …
  NodeWay way = NodeWay::kNone;
  bool up = false;                        // an administrator switched it on
  std::vector<IpAddress> addresses = {};  // without link-local ones
};

// All of it is of this poll, or of the one before where a table could not be read once; an error where it is unknown.
struct ThisNode {
  // That other nodes reach it by: the source of its BGP sessions, where an interface has it; else that of VXLAN's outer
  // packets. Absent: neither is known.
  PerFamily<std::optional<IpAddress>> addresses;
  absl::StatusOr<std::vector<NodeTunnel>> tunnels = NeverRead();  // in the order of the kernel's links
  absl::StatusOr<size_t> workloads = NeverRead();                 // pods and others with an address of Calico's
};

// `bgp_sources`: that most sessions of a family are, or were last, spoken from.
ThisNode LookAtThisNode(const Snapshot& shown, const Derived& derived,
                        const PerFamily<std::optional<IpAddress>>& bgp_sources);

}  // namespace caliwatch
