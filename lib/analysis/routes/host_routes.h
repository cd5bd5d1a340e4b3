// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <absl/container/flat_hash_map.h>

#include "lib/model/kernel.h"

namespace caliwatch {

// Of table main, for one address.
bool IsHostRoute(const Route& route);

// The host routes by their address; points into `routes`.
class HostRoutes {
 public:
  explicit HostRoutes(const std::vector<Route>& routes);

  const absl::flat_hash_map<IpAddress, std::vector<const Route*>>& by_address() const { return by_address_; }

  // Empty: there is none.
  const std::vector<const Route*>& To(const IpAddress& address) const;
  // Those that the kernel uses: of the lowest metric. IPv6 may hold it for several interfaces.
  std::vector<const Route*> BestTo(const IpAddress& address) const;
  // A workload is being moved here or away while it runs: Calico (3.32 and newer) gives the route to its live end the
  // metric 512, beside one to the other end.
  bool IsMigrating(const IpAddress& address) const;

 private:
  absl::flat_hash_map<IpAddress, std::vector<const Route*>> by_address_;
};

}  // namespace caliwatch
