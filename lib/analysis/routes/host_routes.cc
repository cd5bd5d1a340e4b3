// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/host_routes.h"

#include <algorithm>

namespace caliwatch {
namespace {

constexpr uint32_t kLiveEnd = 512;  // felix: the elevated priority of a live-migrated workload's route

}  // namespace

bool IsHostRoute(const Route& route) { return route.table == RT_TABLE_MAIN && route.destination.IsSingleAddress(); }

HostRoutes::HostRoutes(const std::vector<Route>& routes) {
  for (const Route& route : routes)
    if (IsHostRoute(route)) by_address_[route.destination.address].push_back(&route);
}

const std::vector<const Route*>& HostRoutes::To(const IpAddress& address) const {
  static const std::vector<const Route*> none;
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? none : found->second;
}

std::vector<const Route*> HostRoutes::BestTo(const IpAddress& address) const {
  std::vector<const Route*> best;
  for (const Route* route : To(address)) {
    if (!best.empty() && route->metric < best.front()->metric) best.clear();
    if (best.empty() || route->metric == best.front()->metric) best.push_back(route);
  }
  return best;
}

bool HostRoutes::IsMigrating(const IpAddress& address) const {
  const std::vector<const Route*>& routes = To(address);
  return std::any_of(routes.begin(), routes.end(), [&](const Route* live) {
    return live->metric == kLiveEnd && std::any_of(routes.begin(), routes.end(), [&](const Route* other) {
             return other->metric != kLiveEnd && other->link != live->link;
           });
  });
}

}  // namespace caliwatch
