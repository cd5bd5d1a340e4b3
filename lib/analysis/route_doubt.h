// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "lib/analysis/family_view.h"

namespace caliwatch {

// Decides when BIRD's whole table is worth asking for, and keeps it while there is a doubt: BIRD's own counters and the
// kernel's routes disagree, or convergence misses routes. `show route` costs BIRD 346 ms at 100,000 routes.
class RouteDoubt {
 public:
  // Takes one poll into account, and gives `bird` of its snapshot the table that was kept, where it brings none.
  // `missed`: convergence wants to know.
  void Follow(const FamilyView& seen, bool missed, Bird& bird);

  // For the next poll.
  bool wants_routes() const { return wants_; }

 private:
  absl::Duration Patience() const;

  int polls_ = 0;  // in a row that disagreed
  std::optional<BootTime> asked_;
  Table<BirdRoute> kept_ = absl::NotFoundError("BIRD's counters and the kernel agree");
  bool fruitful_ = false;  // the answer explained something
  bool wants_ = false;
};

}  // namespace caliwatch
