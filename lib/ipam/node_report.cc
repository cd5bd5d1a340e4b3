// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/node_report.h"

#include <algorithm>
#include <string>
#include <utility>

#include <absl/strings/str_cat.h>

namespace caliwatch {
namespace {

// Each of these tables may hold a trace of an address that no other one has.
absl::Status KernelOf(const NodeWorkloads& node) {
  absl::Status kernel;
  const std::pair<absl::string_view, const absl::Status&> tables[] = {
      {"links", node.links}, {"routes", node.routes}, {"neighbors", node.neighbors}, {"addresses", node.addresses}};
  for (const auto& [name, status] : tables)
    if (!status.ok()) kernel.Update(absl::Status(status.code(), absl::StrCat(name, ": ", status.message())));
  if (node.unlisted != 0)
    kernel.Update(absl::ResourceExhaustedError(absl::StrCat(node.unlisted, " addresses are not listed")));
  return kernel;
}

NodeAddress RowFrom(const UsedAddress& used) {
  return {.address = used.address,
          .interface = used.interface,
          .pod = std::string(PodOf(used)),
          .interface_is_there = used.interface_is_there,
          .in_routes = used.has_route.value_or(false),
          .in_neighbors = used.has_neighbor.value_or(false),
          .in_endpoint_status = used.has_endpoint.value_or(false)};
}

}  // namespace

absl::StatusOr<NodeReport> NodeReportFrom(const NodeWorkloads& node) {
  if (!node.node_name.ok()) return node.node_name.status();
  NodeReport report{.node = *node.node_name,
                    .read_at = node.taken_at,
                    .kernel = KernelOf(node),
                    .endpoint_status = node.endpoint_status,
                    .addresses = {}};
  if (node.workloads.ok())
    for (const UsedAddress& used : *node.workloads) report.addresses.push_back(RowFrom(used));
  if (node.own_addresses.ok())
    for (const OwnAddress& own : *node.own_addresses) report.own_addresses.push_back(own.address);
  std::sort(report.own_addresses.begin(), report.own_addresses.end());
  if (node.blocks.ok()) {
    report.local_blocks = *node.blocks;
    std::sort(report.local_blocks->begin(), report.local_blocks->end());
  }
  return report;
}

}  // namespace caliwatch
