// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the report of a poll does not have, and other nodes may be compared by: docs/node.schema.json.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "lib/analysis/routes/remote_nodes.h"
#include "lib/model/per_family.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

struct NodeInterface {
  std::string name;
  uint32_t mtu = 0;  // bytes
  std::optional<MacAddress> mac = {};
};

// Of Felix' files of endpoint-status: those of Calico 3.30 and newer name pods, some before it wrote empty ones.
enum class StatusFiles : uint8_t { kNone, kEmpty, kNamed };
absl::string_view ToString(StatusFiles files);  // "none", "empty", "named"

// What Calico and the kernel do in one way or another, as their version and settings have it. Absent: it could not be
// read, or nothing on this node shows it.
struct NodeBehaviour {
  std::optional<StatusFiles> endpoint_files = {};
  std::optional<uint32_t> pod_route_metric = {};            // of most IPv4 routes to pods: 1024 since Calico 3.32
  std::optional<std::vector<std::string>> block_routes_by;  // who made those to other nodes: "bird", "felix"
  std::optional<int> rp_filter = {};                        // of all interfaces, IPv4: 0 off, 1 strict, 2 loose
  PerFamily<std::optional<uint32_t>> neighbor_limit;        // entries, gc_thresh3
};

struct NodeBasics {
  absl::Time booted;                          // by this node's clock of now
  std::optional<uint32_t> workload_mtu = {};  // that Felix wrote for pods; absent: unknown, or it writes none
  std::vector<NodeInterface> interfaces;      // that are no workload's; empty where links could not be read
  NodeBehaviour behaviour;
};

// `others`: as seen at the same poll.
NodeBasics BasicsOf(const Snapshot& seen, const absl::StatusOr<RemoteNodes>& others);

}  // namespace caliwatch
