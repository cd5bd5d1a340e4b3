// SPDX-License-Identifier: Apache-2.0
#pragma once

// Routes that a user wants to be told of, one by one: the default route, a data centre's network, another site's pods.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "lib/model/journal.h"
#include "lib/model/kernel_tables.h"

namespace caliwatch {

struct WatchedHop {
  std::optional<IpAddress> gateway;
  std::string interface;  // empty: it has none, as a blackhole, or its name is unknown

  bool operator==(const WatchedHop&) const = default;
};

struct WatchedRoute {
  static constexpr size_t kMostHops = 8;

  Prefix prefix;
  // Table main has a route for exactly this prefix that takes packets. One that refuses them is none, but is described.
  bool present = false;
  absl::Time since;             // when it came or went; or when it was seen first, if it has not changed since
  bool since_is_known = false;  // it was seen to come or go
  // Of the route with the lowest metric; empty while there is none.
  std::string protocol;          // as `ip route` calls who made it: "bird"
  std::string type;              // "unicast", "blackhole", "unreachable"
  std::vector<WatchedHop> hops;  // the first kMostHops
  size_t all_hops = 0;
  std::string peer;  // the BGP peer that announced it, as PeerReport has it; empty: none did, or it is not known
};

// Follows them from poll to poll.
class WatchedRoutes {
 public:
  // In the order of `watched`. An error while routes cannot be read, which changes nothing of what is known.
  absl::StatusOr<std::vector<WatchedRoute>> Follow(const std::vector<Prefix>& watched, const KernelTables& seen,
                                                   BootTime up, absl::Time wall);

 private:
  struct Past {
    bool present = false;
    BootTime since;
    bool since_is_known = false;
    std::optional<absl::Time> told = {};  // `since` by the wall clock, steady while nobody sets it
  };
  std::map<Prefix, Past> past_;
};

}  // namespace caliwatch
