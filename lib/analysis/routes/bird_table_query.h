// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/analysis/routes/route_tally.h"
#include "lib/model/bird_view.h"

namespace caliwatch {

// Decides when BIRD's whole table is worth asking for: BIRD's own counters and the kernel's routes disagree, or
// convergence misses routes. `show route` costs BIRD 346 ms at 100,000 routes, so that the answer is kept while the
// doubt lasts and BIRD's counters stay as they were. (BIRD 1.6's counter of exported routes drifts, by one with some
// withdrawals: a reason to ask, and no proof. So an answer that explains nothing is for its own poll alone, if it is
// not large: on many a node it would be held for weeks, as large as all else the agent holds.)
class BirdTableQuery {
 public:
  // Takes one poll into account, `tally` being that of its routes, and `answer` what it brought of BIRD's table.
  // `asked_by_convergence`: convergence misses routes. `polls_to_doubt`: in how many polls in a row counters and kernel
  // must disagree. Returns the table to judge by: of this poll or kept, until the next call; NotFound: nothing is in
  // doubt.
  const Table<BirdRoute>& Follow(const BirdView& seen, const RouteTally& tally, const Table<BirdRoute>& answer,
                                 bool asked_by_convergence, int polls_to_doubt = kPollsToDoubt);

  static constexpr int kPollsToDoubt = 2;

  // For the next poll.
  bool ask_bird_routes() const { return ask_; }

  // When it answered last: as long as that is the same, so is the table, if there is one.
  std::optional<BootTime> answered() const { return asked_; }

 private:
  void TakeAnswer(const BirdView& seen, const Table<BirdRoute>& answer, bool readable);
  absl::Duration RetryAfter(bool moved, bool asked_by_convergence) const;

  int polls_ = 0;  // in a row that disagreed
  std::optional<BootTime> asked_;
  size_t routes_ = 0;                  // that the last answer had
  size_t counters_ = 0;                // a hash of BIRD's counters when it answered
  std::vector<int64_t> disagreement_;  // at that time
  Table<BirdRoute> kept_ = absl::NotFoundError("BIRD's counters and the kernel agree");
  bool explained_something_ = false;  // the answer did
  bool in_vain_ = false;              // BIRD answered, and all is as it says
  bool ask_ = false;
};

}  // namespace caliwatch
