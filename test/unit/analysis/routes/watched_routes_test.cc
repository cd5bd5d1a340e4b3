// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/watched_routes.h"

#include <algorithm>
#include <string>
#include <utility>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

const Prefix kBlock = *Prefix::Parse("192.168.219.0/26");

struct Follower {
  WatchedRoute Poll() {
    up += absl::Seconds(10);
    wall += absl::Seconds(10);
    std::sort(node.routes->begin(), node.routes->end(),
              [](const Route& a, const Route& b) { return a.CompareKey(b) < 0; });
    return history.Follow({kBlock}, node, up, wall)->front();
  }
  void Lose() {
    std::erase_if(*node.routes, [](const Route& route) { return route.destination == kBlock; });
  }
  void Give(uint8_t type, uint32_t metric = 0) {
    Route route = BlockRoute(kBlock.ToString(), "10.39.1.219");
    route.type = type;
    route.metric = metric;
    if (type != RTN_UNICAST) route.gateway.reset(), route.link = 0;
    node.routes->push_back(route);
  }

  KernelTables node = HealthyNode();
  BootTime up = absl::Hours(1);
  absl::Time wall = absl::FromUnixSeconds(1'800'000'000);
  WatchedRoutes history;
};

TEST_CASE("a watched route that was there before anybody looked is told with its gateway, and an age that is a least") {
  Follower follower;
  const WatchedRoute first = follower.Poll(), later = follower.Poll();
  CHECK(later.prefix == kBlock);
  CHECK(later.present);
  CHECK(later.protocol == "bird");
  CHECK(later.type == "unicast");
  CHECK(later.hops == std::vector<WatchedHop>{{*IpAddress::Parse("10.39.1.219"), "eth0"}});
  CHECK(later.since == first.since);
  CHECK_FALSE(later.since_is_known);
}

TEST_CASE("when a watched route goes and comes back, the moment of that is known") {
  Follower follower;
  follower.Poll();
  follower.Lose();
  const WatchedRoute gone = follower.Poll();
  CHECK_FALSE(gone.present);
  CHECK(gone.type.empty());
  CHECK(gone.hops.empty());
  CHECK(gone.since == follower.wall);
  CHECK(gone.since_is_known);
  CHECK(follower.Poll().since == gone.since);
  follower.Give(RTN_UNICAST);
  CHECK(follower.Poll().since == follower.wall);
}

TEST_CASE("a route that refuses packets is no route, and is described; a blackhole is the owner's own block") {
  for (const auto& [type, name, present] :
       {std::tuple(RTN_UNREACHABLE, "unreachable", false), std::tuple(RTN_PROHIBIT, "prohibit", false),
        std::tuple(RTN_BLACKHOLE, "blackhole", true)}) {
    Follower follower;
    follower.Lose();
    follower.Give(static_cast<uint8_t>(type));
    const WatchedRoute route = follower.Poll();
    CHECK(route.type == name);
    CHECK(route.present == present);
  }
}

TEST_CASE("of several routes that of the lowest metric counts, and a larger or smaller prefix is another") {
  Follower follower;
  follower.Lose();
  follower.Give(RTN_UNREACHABLE, 1024);
  follower.Give(RTN_UNICAST, 32);
  CHECK(follower.Poll().type == "unicast");
  follower.Lose();
  follower.node.routes->push_back(BlockRoute("192.168.219.0/24", "10.39.1.219"));
  follower.node.routes->push_back(BlockRoute("192.168.219.0/27", "10.39.1.219"));
  CHECK_FALSE(follower.Poll().present);
}

TEST_CASE("the next hops of a route are counted, and the first of them named") {
  Follower follower;
  follower.Lose();
  for (uint16_t hop = 0; hop < 12; ++hop) {
    follower.Give(RTN_UNICAST);
    follower.node.routes->back().hop = hop;
  }
  const WatchedRoute route = follower.Poll();
  CHECK(route.all_hops == 12);
  CHECK(route.hops.size() == WatchedRoute::kMostHops);
}

TEST_CASE("a next hop that cannot be used hides none behind it") {
  Follower follower;
  follower.Lose();
  for (uint16_t hop = 0; hop < 3; ++hop) {
    follower.Give(RTN_UNICAST);
    Route& route = follower.node.routes->back();
    route.hop = hop;
    if (hop == 1) route.flags |= RTNH_F_DEAD;
  }
  CHECK(follower.Poll().all_hops == 2);
}

TEST_CASE("while routes cannot be read nothing is said, and what was known goes on") {
  Follower follower;
  const absl::Time since = follower.Poll().since;
  const Table<Route> routes = std::exchange(follower.node.routes, absl::UnavailableError("netlink is gone"));
  CHECK_FALSE(follower.history.Follow({kBlock}, follower.node, follower.up, follower.wall).ok());
  follower.node.routes = routes;
  CHECK(follower.Poll().since == since);
}

TEST_CASE("a clock that is set moves the moment, not the age") {
  Follower follower;
  const absl::Time before = follower.Poll().since;
  follower.wall += absl::Hours(2);
  CHECK(follower.Poll().since - before == absl::Hours(2));
}

TEST_CASE("who watches nothing is told nothing, also where routes cannot be read") {
  KernelTables unread;
  CHECK(WatchedRoutes().Follow({}, unread, {}, {})->empty());
}

}  // namespace
}  // namespace caliwatch
