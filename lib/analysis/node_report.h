// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is shown of the other nodes.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "lib/analysis/routes/remote_nodes.h"

namespace caliwatch {

// A RemoteNode without its table's rows.
struct NodeReport {
  std::optional<IpAddress> address, tunnel_address;
  Family family = Family::kIpv4;
  NodeWay way = NodeWay::kDirect;
  std::string interface;
  bool by_bird = false, by_felix = false;
  uint32_t blocks = 0, hosts = 0;    // how many routes
  std::vector<Prefix> first_blocks;  // at most kNamedBlocks
  std::string protocol;
  std::vector<NodeLack> lacks;

  static constexpr size_t kNamedBlocks = 20;
};

absl::StatusOr<std::vector<NodeReport>> ReportNodes(const absl::StatusOr<RemoteNodes>& nodes);

}  // namespace caliwatch
