// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is remembered of a family's better days.

#include <map>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "lib/model/prefix.h"

namespace caliwatch {

// One next hop of a remote route. Rows order by destination, then gateway.
struct ExpectedRoute {
  Prefix destination;
  IpAddress gateway;

  auto operator<=>(const ExpectedRoute&) const = default;
};

// A session that was lost again and again of late.
struct FlappingPeer {
  std::string protocol;
  size_t flaps = 0;
  absl::Duration within;  // from the first of them until now

  bool operator==(const FlappingPeer&) const = default;
};

// What was there when all was well, and is not now; and what else only a memory of earlier polls can tell.
struct Shortfall {
  std::vector<ExpectedRoute> routes;      // that the kernel lacks; nobody has said yet that they are no longer due
  std::vector<std::string> silent_peers;  // protocols that are up again, but have announced nothing since
  std::vector<FlappingPeer> flapping_peers;
  // From which address each protocol (by name) spoke when its session was last up, as far as BIRD has read no other
  // configuration since.
  std::map<std::string, IpAddress> source_addresses;
};

}  // namespace caliwatch
