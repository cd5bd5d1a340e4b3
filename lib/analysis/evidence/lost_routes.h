// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>

#include "lib/analysis/evidence/evidence.h"
#include "lib/analysis/routes/unprogrammed_routes.h"

namespace caliwatch {

// A route of BIRD's table that the kernel lacks; points into the evidence.
struct LostRoute {
  const UnprogrammedRoute* route = nullptr;
  absl::string_view tunnel_trouble;  // TroubleOfTunl0; "" for IPv6
};

struct LostRoutes {
  std::vector<LostRoute> rows;
  absl::Status unread;  // what keeps routes of a BIRD that is there from being judged
};

// Those that `owner` is to program; what WireGuard takes before is not lost. BIRD's table is asked for only when its
// counters and the kernel's routes disagree: while they agree none is lost, whatever else is unread.
LostRoutes RoutesLostBy(RouteOwner owner, const Evidence& evidence);

}  // namespace caliwatch
