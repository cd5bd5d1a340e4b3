// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/record_counts.h"

namespace caliwatch {

RecordCounts CountRecords(const IpamEvidence& evidence) {
  RecordCounts counts;
  for (const RecordKind kind :
       {RecordKind::kWorkload, RecordKind::kVirtualMachine, RecordKind::kTunnel, RecordKind::kLoadBalancer,
        RecordKind::kReserved, RecordKind::kReleased, RecordKind::kUnknown})
    counts.by_kind[kind] = 0;
  // Records may name nodes otherwise than who listed them: each would be there twice.
  if (evidence.NamesAgree())
    for (const auto& [key, node] : evidence.records.nodes.rows) counts.by_node[node.name];
  for (const auto& [address, record] : evidence.recorded.all()) {
    ++counts.by_kind[KindOf(record)];
    if (const absl::string_view node = record.node(); !node.empty()) ++counts.by_node[std::string(node)].addresses;
  }
  for (const auto& [key, block] : evidence.records.blocks.rows)
    if (!block.node().empty()) ++counts.by_node[std::string(block.node())].blocks;
  return counts;
}

}  // namespace caliwatch
