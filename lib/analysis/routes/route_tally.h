// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the routes of table main add up to, and which stand out. A node has hundreds of gateways and may have 100,000
// routes: whoever asks for gateways walks these.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lib/model/kernel.h"
#include "lib/model/per_family.h"
#include "lib/model/route_owner.h"

namespace caliwatch {

// The routes of one owner by way of one gateway; each path of a multipath route counts for itself.
struct GatewayTally {
  Family family = Family::kIpv4;  // of the routes
  RouteOwner owner = RouteOwner::kOther;
  IpAddress gateway;
  uint32_t routes = 0;

  bool operator==(const GatewayTally&) const = default;
};

struct RouteTally {
  std::vector<GatewayTally> gateways;
  PerFamily<uint32_t> made_by_bird = {};         // a multipath route is one
  PerFamily<uint32_t> unreachable_by_bird = {};  // of these, what IsUnreachableByBird() says
  // Of routes of any table that stand side by side and lead to one destination, the place of the first.
  std::vector<size_t> several = {};
};

RouteTally TallyOf(const std::vector<Route>& routes);

}  // namespace caliwatch
