// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/tunnel_exits.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

constexpr BootTime kStart = absl::Hours(1);

Route Bare() { return BlockRoute("192.168.219.0/26", "10.39.1.219"); }

TEST_CASE("a route of BIRD's that led through the tunnel and then past it is remembered until it is back, or gone") {
  TunnelExits exits;
  exits.Take(RouteChange::kRemoved, Bare(), true, kStart);
  CHECK(exits.bare().empty());
  exits.Take(RouteChange::kAdded, Bare(), false, kStart + absl::Seconds(10));
  CHECK(exits.bare() == std::set<Prefix>{Bare().destination});
  SECTION("back in the tunnel") { exits.Take(RouteChange::kAdded, Bare(), true, kStart + absl::Minutes(1)); }
  SECTION("gone") { exits.Take(RouteChange::kRemoved, Bare(), false, kStart + absl::Minutes(1)); }
  CHECK(exits.bare().empty());
}

TEST_CASE("what never led through the tunnel, what Felix leads past it, and what comes much later, is meant so") {
  TunnelExits exits;
  Route route = Bare();
  SECTION("never") {}
  SECTION("Felix'") {
    exits.Take(RouteChange::kRemoved, route, true, kStart);
    route.protocol = 80;
  }
  SECTION("later") { exits.Take(RouteChange::kRemoved, route, true, kStart - absl::Minutes(11)); }
  exits.Take(RouteChange::kAdded, route, false, kStart);
  CHECK(exits.bare().empty());
}

TEST_CASE("of more routes than are remembered, those that left long ago make room for others, and the rest do not") {
  const auto numbered = [](int number) {
    Route route = Bare();
    route.destination.address.bytes[1] = static_cast<uint8_t>(number >> 8);
    route.destination.address.bytes[2] = static_cast<uint8_t>(number);
    return route;
  };
  constexpr int kMost = 10'000;
  const bool later = GENERATE(false, true);
  const BootTime now = kStart + (later ? absl::Minutes(11) : absl::Minutes(9));
  TunnelExits exits;
  for (int i = 0; i < kMost; ++i) exits.Take(RouteChange::kRemoved, numbered(i), true, kStart);
  exits.Take(RouteChange::kRemoved, numbered(kMost), true, now);
  exits.Take(RouteChange::kAdded, numbered(kMost), false, now);
  CHECK(exits.bare().count(numbered(kMost).destination) == (later ? 1 : 0));
}

}  // namespace
}  // namespace caliwatch
