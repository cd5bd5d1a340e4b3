// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/releases.h"

#include <set>

namespace caliwatch {
namespace {

// One record alone: of an address that two blocks have, nobody knows which would be released.
const RecordRef* OnlyRecordAt(const IpamEvidence& evidence, const IpAddress& address) {
  const auto records = evidence.recorded.At(address);
  return records.size() == 1 ? &records.front().second : nullptr;
}

bool HoldsNothing(const IpamEvidence& evidence, const IpamHandle& handle) {
  for (const auto& [cidr, _] : handle.blocks) {
    const IpamBlock* block = evidence.BlockOf(cidr);
    if (block == nullptr) continue;
    for (const RecordAttributes& attributes : block->attributes)
      if (attributes.handle == handle.id) return false;
  }
  return true;
}

}  // namespace

IpamReleases ReleasesOf(const IpamEvidence& evidence, const std::vector<IpAddress>& leaked,
                        const std::vector<std::string>& empty_handles) {
  const ClusterRecords& records = evidence.records;
  IpamReleases releases{.addresses = {},
                        .handles = {},
                        .cluster_guid = records.cluster_guid,
                        .cluster_type = records.cluster_type,
                        .cluster_info_revision = records.cluster_info_revision,
                        .calico_version = records.calico_version,
                        .datastore_locked = records.datastore_locked};
  for (const IpAddress& address : leaked) {
    const RecordRef* record = OnlyRecordAt(evidence, address);
    if (record == nullptr || KindOf(*record) != RecordKind::kWorkload || !evidence.IsUnused(address)) continue;
    const RecordAttributes& attributes = record->attributes();
    releases.addresses.push_back({.address = address,
                                  .handle = attributes.handle,
                                  .pod = attributes.owner.pod,
                                  .node = std::string(record->node()),
                                  .type = attributes.type,
                                  .sequence = record->record->sequence,
                                  .assigned = attributes.assigned});
  }
  const std::set<std::string> wanted(empty_handles.begin(), empty_handles.end());
  for (const auto& [key, handle] : records.handles.rows)
    if (wanted.count(handle.id) != 0 && !handle.revision.empty() && HoldsNothing(evidence, handle))
      releases.handles.push_back({handle.id, handle.uid, handle.revision});
  return releases;
}

}  // namespace caliwatch
