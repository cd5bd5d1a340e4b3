// SPDX-License-Identifier: Apache-2.0
#pragma once

// What one family of this node is expected to have, and how what it has compares.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/model/bird.h"
#include "lib/model/bird_view.h"
#include "lib/model/kernel.h"

namespace caliwatch {

// One next hop of a remote route. Rows order by destination, then gateway.
struct ExpectedRoute {
  Prefix destination;
  IpAddress gateway;

  auto operator<=>(const ExpectedRoute&) const = default;
};

struct ExpectedPeer {
  uint32_t routes = 0;                                 // that it announced last
  BootTime session_start = -absl::InfiniteDuration();  // of the session in which it did

  bool operator==(const ExpectedPeer&) const = default;
};

// The peers that were up and the remote routes that were in the kernel when all was well last.
struct Expectation {
  std::map<std::string, ExpectedPeer> peers;  // by BIRD's protocol
  std::vector<ExpectedRoute> routes;          // sorted, unique
  bool felix_routes = false;                  // Felix made some of them from what BIRD had learned

  bool operator==(const Expectation&) const = default;
};

// The kernel's routes of table main that BIRD made, or Felix in its place: with a gateway that is a BGP peer's address,
// or was expected before.
struct RemoteRoutes {
  std::vector<ExpectedRoute> rows;  // sorted, unique
  bool felix_routes = false;
  bool by_bird_alone = true;  // what peers there are makes no difference to `rows`
};
RemoteRoutes RemoteRoutesOf(const BirdView& seen, const Expectation& expected);

// BIRD's best routes with a gateway, sorted, unique.
std::vector<ExpectedRoute> BestRoutes(const std::vector<BirdRoute>& bird_routes);

// How the kernel's routes stand to the expected ones: destinations, sorted, unique.
struct RouteComparison {
  std::vector<Prefix> missing;    // expected, and not in the kernel
  std::vector<Prefix> different;  // in the kernel, by other gateways
};
RouteComparison Compare(const std::vector<ExpectedRoute>& expected, const std::vector<ExpectedRoute>& kernel);

// Peers that announced routes before, are up again and have announced none yet: they hold them back while they recover
// themselves, for up to 240 s. `seen` has peers. Ordered by name.
std::vector<std::string> SilentPeers(const Expectation& expected, const BirdView& seen);

}  // namespace caliwatch
