// SPDX-License-Identifier: Apache-2.0
#pragma once

// Routes that come and go between two polls, which no poll sees: two programs that quarrel over them, a path that
// flaps.

#include <compare>
#include <cstdint>
#include <map>
#include <vector>

#include "lib/analysis/routes/route_diff.h"
#include "lib/model/journal.h"

namespace caliwatch {

// The same destination with another owner or metric is another route: Felix replaces what the CNI plugin made.
struct RouteKey {
  Prefix destination;
  RouteOwner owner = RouteOwner::kBird;
  uint32_t metric = 0;

  auto operator<=>(const RouteKey&) const = default;
};

struct RecurringRoute {
  RouteKey route;
  int returns = 0;  // how often it went and came back within RouteChurn::kWindow, at most RouteChurn::kMostReturns
  BootTime last;    // when it came back last
};

class RouteChurn {
 public:
  static constexpr absl::Duration kWindow = absl::Minutes(10);
  static constexpr int kOften = 3;
  static constexpr int kMostReturns = 100;

  // Takes the events since the poll before into account, and counts them.
  void Follow(const Journal& journal, BootTime now, RouteChangeCounts& counts);

  // Those that came back kOften times or more, by destination.
  std::vector<RecurringRoute> Recurring() const;

 private:
  struct Past {
    std::optional<BootTime> gone;        // it is not back yet
    std::vector<BootTime> returns = {};  // in order of time
  };
  void Forget(BootTime now);

  std::map<RouteKey, Past> routes_;  // that went within kWindow
};

}  // namespace caliwatch
