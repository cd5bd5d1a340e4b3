// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is remembered of a family's better days.

#include <string>
#include <vector>

#include "lib/model/prefix.h"

namespace caliwatch {

// One next hop of a remote route. Rows order by destination, then gateway.
struct ExpectedRoute {
  Prefix destination;
  IpAddress gateway;

  auto operator<=>(const ExpectedRoute&) const = default;
};

// What was there when all was well, and is not now.
struct Shortfall {
  std::vector<ExpectedRoute> routes;      // that the kernel lacks; nobody has said yet that they are no longer due
  std::vector<std::string> silent_peers;  // protocols that are up again, but have announced nothing since
};

}  // namespace caliwatch
