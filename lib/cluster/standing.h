// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the nodes say of one of them by their BGP sessions with it.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/cluster/evidence.h"

namespace caliwatch {

// A session that has been down for less may just be on its way back.
inline constexpr absl::Duration kSettled = absl::Seconds(30);

// Of one address: whose session with it is up, and whose has been down for kSettled or longer.
struct Standing {
  size_t up = 0;
  std::vector<std::string> down = {};  // names, ordered
  std::string protocol = {};           // of the first of these
  absl::Duration longest = {};         // that it has been down at one of these
  size_t known() const { return up + down.size(); }
};

// By the address that the members' BIRDs have for their peer.
absl::flat_hash_map<IpAddress, Standing> StandingsOf(const ClusterEvidence& evidence);

// Of "10.0.0.1:10179" and "[2001:db8::1]:10179" the address; absent where it is none.
std::optional<IpAddress> HostOf(absl::string_view agent);

}  // namespace caliwatch
