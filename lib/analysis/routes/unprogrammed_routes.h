// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "lib/model/bird.h"
#include "lib/model/bird_view.h"

namespace caliwatch {

enum class RouteProblem : uint8_t {
  kRefused,       // the kernel did not take it: somebody else's route is in its place
  kMissing,       // BIRD gave it to the kernel, which does not have it
  kOtherGateway,  // the kernel sends to another gateway than BIRD would
  kDetour,        // both send to a router, though the peer is on a network of this node's own
};

struct UnprogrammedRoute {
  Prefix destination;
  RouteProblem problem = RouteProblem::kMissing;
  IpAddress gateway;               // BIRD's
  std::optional<IpAddress> peer;   // that announces it
  std::vector<IpAddress> kernels;  // the kernel's gateways; empty when it has none

  bool operator==(const UnprogrammedRoute&) const = default;
};

// BIRD's best routes from BGP peers that are not in the kernel as BIRD wants them, by destination. What Felix has made
// in BIRD's place is no problem. `seen` has status, peers and the kernel's routes.
std::vector<UnprogrammedRoute> UnprogrammedRoutes(const std::vector<BirdRoute>& bird_routes, const BirdView& seen);

}  // namespace caliwatch
