// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/convergence/route_gap.h"

#include <algorithm>
#include <iterator>

#include "lib/analysis/convergence/prefix_walk.h"

namespace caliwatch {

void RouteGaps::Begin() {
  closed = {};
  last_return.reset();
}

void RouteGaps::MarkMissing(const std::vector<Prefix>& sorted, BootTime at) {
  auto next = open.begin();
  for (const Prefix& prefix : sorted) {
    while (next != open.end() && next->first < prefix) ++next;
    next = std::next(open.try_emplace(next, prefix, at));
  }
  std::erase_if(returned_unannounced,
                [walk = PrefixWalk(sorted)](const Prefix& prefix) mutable { return walk.Holds(prefix); });
}

void RouteGaps::MarkPresent(const Prefix& prefix, BootTime at) {
  // BIRD 1.x changes a next hop by deleting and adding the route, 0.1 to 0.3 ms apart: that is a change, not a loss.
  constexpr absl::Duration kChange = absl::Milliseconds(50);
  const auto lost = open.find(prefix);
  if (lost == open.end()) return;
  const absl::Duration gap = std::max(at - lost->second, absl::ZeroDuration());
  Forget(prefix);
  last_return = last_return ? std::max(*last_return, at) : at;
  if (gap <= kChange) return;
  closed.longest = std::max(closed.longest, gap);
  closed.prefix_time += gap;
}

void RouteGaps::Forget(const Prefix& prefix) {
  open.erase(prefix);
  returned_unannounced.erase(prefix);
}

void RouteGaps::Forget(const std::vector<Prefix>& sorted) {
  std::erase_if(open, [walk = PrefixWalk(sorted)](const auto& entry) mutable { return walk.Holds(entry.first); });
  std::erase_if(returned_unannounced,
                [walk = PrefixWalk(sorted)](const Prefix& prefix) mutable { return walk.Holds(prefix); });
}

RouteGap RouteGaps::At(BootTime now) const {
  RouteGap gap = closed;
  for (const auto& [prefix, lost] : open) {
    if (returned_unannounced.count(prefix) != 0) continue;
    const absl::Duration so_far = std::max(now - lost, absl::ZeroDuration());
    gap.longest = std::max(gap.longest, so_far);
    gap.prefix_time += so_far;
  }
  return gap;
}

}  // namespace caliwatch
