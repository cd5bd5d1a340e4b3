// SPDX-License-Identifier: Apache-2.0
#pragma once

// What may be released without harm.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/ipam/evidence.h"
#include "lib/ipam/finding.h"

namespace caliwatch {

// An address that no pod, endpoint, node, tunnel or service has, as it is recorded.
struct IpamRelease {
  IpAddress address;
  std::string handle, pod, node, type;  // pod: "namespace/name"
  uint64_t sequence = 0;
  std::optional<absl::Time> assigned = {};
};

// A handle that holds no address.
struct HandleRelease {
  std::string id, uid, revision;
};

struct IpamReleases {
  std::vector<IpamRelease> addresses;
  std::vector<HandleRelease> handles;
  // As calicoctl compares them before it releases by a report.
  std::string cluster_guid, cluster_type, cluster_info_revision, calico_version;
  bool datastore_locked = false;
};

// What `leaked` names and the evidence confirms once more.
IpamReleases ReleasesOf(const IpamEvidence& evidence, const std::vector<IpAddress>& leaked,
                        const std::vector<std::string>& empty_handles);

}  // namespace caliwatch
