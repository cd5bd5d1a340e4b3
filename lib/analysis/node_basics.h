// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the report of a poll does not have, and other nodes may be compared by: docs/node.schema.json.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "lib/model/snapshot.h"

namespace caliwatch {

struct NodeInterface {
  std::string name;
  uint32_t mtu = 0;  // bytes
  std::optional<MacAddress> mac = {};
};

struct NodeBasics {
  absl::Time booted;                          // by this node's clock of now
  std::optional<uint32_t> workload_mtu = {};  // that Felix wrote for pods; absent: unknown, or it writes none
  std::vector<NodeInterface> interfaces;      // that are no workload's; empty where links could not be read
};

NodeBasics BasicsOf(const Snapshot& seen);

}  // namespace caliwatch
