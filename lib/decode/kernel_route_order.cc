// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/kernel_route_order.h"

#include <algorithm>
#include <compare>

namespace caliwatch {
namespace {

bool IsBefore(const Route& a, const Route& b) {
  const std::strong_ordering order = a.CompareKey(b);
  return std::is_lt(order) || (std::is_eq(order) && a.link < b.link);
}

}  // namespace

// A dump is nearly in order: IPv4 wholly, IPv6 but for a prefix that comes behind all those within it (the default
// route last), tables above 255 at the place of their hash. So each run that is in order is merged into what stands
// before it. A sort of 100,000 routes for the sake of one would cost as much as half a dump.
void SortDump(std::vector<Route>& routes) {
  auto sorted_end = std::is_sorted_until(routes.begin(), routes.end(), IsBefore);
  size_t moved = 0;
  while (sorted_end != routes.end()) {
    const auto run_end = std::is_sorted_until(sorted_end, routes.end(), IsBefore);
    const auto place = std::upper_bound(routes.begin(), sorted_end, *sorted_end, IsBefore);
    moved += sorted_end - place;
    if (moved > 4 * routes.size()) return std::sort(routes.begin(), routes.end(), IsBefore);  // it is no dump
    std::inplace_merge(place, sorted_end, run_end, IsBefore);
    sorted_end = run_end;
  }
}

}  // namespace caliwatch
