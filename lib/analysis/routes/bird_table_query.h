// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/model/bird_view.h"

namespace caliwatch {

// Decides when BIRD's whole table is worth asking for: BIRD's own counters and the kernel's routes disagree, or
// convergence misses routes. `show route` costs BIRD 346 ms at 100,000 routes, so that the answer is kept while the
// doubt lasts and BIRD's counters stay as they were. (BIRD 1.6's counter of exported routes drifts, by one with some
// withdrawals: a reason to ask, and no proof.)
class BirdTableQuery {
 public:
  // Takes one poll into account, and gives `bird` of its snapshot the table that was kept, where it brings none.
  // `missed`: convergence wants to know.
  void Follow(const BirdView& seen, bool missed, Bird& bird);

  // For the next poll.
  bool ask_bird_routes() const { return wants_; }

 private:
  absl::Duration RetryAfter(bool moved, bool missed) const;

  int polls_ = 0;  // in a row that disagreed
  std::optional<BootTime> asked_;
  size_t routes_ = 0;                  // that the last answer had
  size_t counters_ = 0;                // a hash of BIRD's counters when it answered
  std::vector<int64_t> disagreement_;  // at that time
  Table<BirdRoute> kept_ = absl::NotFoundError("BIRD's counters and the kernel agree");
  bool explained_something_ = false;  // the answer explained something
  bool wants_ = false;
};

}  // namespace caliwatch
