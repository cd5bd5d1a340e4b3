// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/watched_routes.h"

#include <algorithm>

#include <absl/algorithm/container.h>

#include "lib/analysis/routes/route_text.h"
#include "lib/model/route_protocol.h"

namespace caliwatch {
namespace {

// The two clocks are not read at once.
constexpr absl::Duration kJitter = absl::Seconds(1);

// The next hops of table main's route to exactly this prefix, of the lowest metric, but for those that cannot be used.
std::vector<const Route*> HopsTo(const Prefix& prefix, const std::vector<Route>& routes) {
  Route wanted;
  wanted.destination = prefix;
  const auto is_wanted = [&](const Route& route) {
    return route.table == wanted.table && route.destination == prefix && route.tos == 0;
  };
  auto first = std::lower_bound(routes.begin(), routes.end(), wanted,
                                [](const Route& a, const Route& b) { return a.CompareKey(b) < 0; });
  std::vector<const Route*> hops;
  for (; first != routes.end() && is_wanted(*first); ++first) {
    if (!hops.empty() && first->metric != hops.front()->metric) break;
    if ((first->flags & RTNH_F_DEAD) == 0) hops.push_back(&*first);
  }
  return hops;
}

// A blackhole counts as a route: it is how a node holds its own blocks.
bool TakesPackets(uint8_t type) { return type != RTN_UNREACHABLE && type != RTN_PROHIBIT && type != RTN_THROW; }

std::string InterfaceName(const Table<Link>& links, int index) {
  if (!links.ok() || index == 0) return "";
  const auto link = absl::c_find_if(*links, [index](const Link& row) { return row.index == index; });
  return link == links->end() ? "" : link->name;
}

WatchedRoute Look(const Prefix& prefix, const std::vector<Route>& routes, const Table<Link>& links) {
  WatchedRoute found;
  found.prefix = prefix;
  const std::vector<const Route*> hops = HopsTo(prefix, routes);
  if (hops.empty()) return found;
  found.present = TakesPackets(hops.front()->type);
  found.protocol = RouteProtocolName(hops.front()->protocol);
  found.type = std::string(RouteTypeName(hops.front()->type));
  found.all_hops = hops.size();
  for (size_t i = 0; i < std::min(hops.size(), WatchedRoute::kMostHops); ++i)
    found.hops.push_back({hops[i]->gateway, InterfaceName(links, hops[i]->link)});
  return found;
}

}  // namespace

absl::StatusOr<std::vector<WatchedRoute>> WatchedRoutes::Follow(const std::vector<Prefix>& watched,
                                                                const KernelTables& seen, BootTime up,
                                                                absl::Time wall) {
  if (watched.empty()) {
    past_.clear();
    return std::vector<WatchedRoute>();
  }
  if (!seen.routes.ok()) return seen.routes.status();
  std::map<Prefix, Past> now;
  std::vector<WatchedRoute> found;
  found.reserve(watched.size());
  for (const Prefix& prefix : watched) {
    WatchedRoute route = Look(prefix, *seen.routes, seen.links);
    const auto before = past_.find(prefix);
    Past past = before != past_.end() ? before->second : Past{route.present, up};
    if (past.present != route.present) past = {route.present, up, true};
    const absl::Time since = wall - (up - past.since);
    if (!past.told || absl::AbsDuration(since - *past.told) > kJitter) past.told = since;
    route.since = *past.told;
    route.since_is_known = past.since_is_known;
    now[prefix] = past;
    found.push_back(std::move(route));
  }
  past_ = std::move(now);
  return found;
}

}  // namespace caliwatch
