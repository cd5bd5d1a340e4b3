// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "lib/model/bird.h"
#include "lib/model/bird_view.h"
#include "lib/model/route_owner.h"

namespace caliwatch {

enum class RouteProblem : uint8_t {
  kRefused,       // the kernel did not take it
  kMissing,       // who is to program it has not, or somebody deleted it
  kOtherGateway,  // the kernel sends to another gateway than BIRD would
  kDetour,        // both send to a router, though the peer is on a network of this node's own
};

struct UnprogrammedRoute {
  Prefix destination;
  RouteProblem problem = RouteProblem::kMissing;
  RouteOwner owner = RouteOwner::kBird;  // who is to program it: BIRD, or Felix from what BIRD learns
  IpAddress gateway;                     // BIRD's
  std::optional<IpAddress> peer;         // that announces it
  std::vector<IpAddress> kernels;        // the kernel's gateways; empty when it has none
  std::optional<Route> in_place;         // kRefused: what the kernel has there; absent: nothing

  bool operator==(const UnprogrammedRoute&) const = default;
};

// BIRD's best routes from BGP peers that the kernel has not as their owner wants them, by destination. Who that is, is
// known per route: what BIRD's filter keeps from the kernel is Felix' where Felix makes routes of such blocks, and
// nobody's else, as services' addresses. What Felix has made in BIRD's place is no problem, nor is a default route.
// `seen` has status, peers and the kernel's routes; `expected` are destinations, ordered, that the kernel had when all
// was well.
std::vector<UnprogrammedRoute> UnprogrammedRoutes(const std::vector<BirdRoute>& bird_routes, const BirdView& seen,
                                                  const std::vector<Prefix>& expected = {});

// The same, of the table with which BIRD `answered` then: computed anew when that, the routes or the peers are others.
class UnprogrammedRoutesOfAnswer {
 public:
  const std::vector<UnprogrammedRoute>& Find(const std::vector<BirdRoute>& bird_routes, BootTime answered,
                                             const BirdView& seen, const std::vector<Prefix>& expected);

 private:
  std::optional<size_t> situation_;  // a hash of what `found_` follows from; absent: that may change unnoticed
  std::vector<UnprogrammedRoute> found_;
};

// Networks that the kernel has because of this node's own addresses, and of which BIRD has no route.
std::vector<Prefix> ForgottenNetworks(const std::vector<BirdRoute>& bird_routes, const BirdView& seen);

}  // namespace caliwatch
