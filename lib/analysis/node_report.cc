// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/node_report.h"

#include <utility>

namespace caliwatch {
namespace {

NodeReport ReportNode(const RemoteNode& node) {
  NodeReport report{node.address,
                    node.tunnel_address,
                    node.family,
                    node.way,
                    node.interface,
                    node.by_bird,
                    node.by_felix,
                    static_cast<uint32_t>(node.blocks.size()),
                    static_cast<uint32_t>(node.hosts.size()),
                    {},
                    node.protocol,
                    node.lacks};
  for (const Route* route : node.blocks)
    if (report.first_blocks.size() < NodeReport::kNamedBlocks) report.first_blocks.push_back(route->destination);
  return report;
}

}  // namespace

absl::StatusOr<std::vector<NodeReport>> ReportNodes(const absl::StatusOr<RemoteNodes>& nodes) {
  if (!nodes.ok()) return nodes.status();
  std::vector<NodeReport> reports;
  for (const RemoteNode& node : nodes->rows) reports.push_back(ReportNode(node));
  return reports;
}

}  // namespace caliwatch
