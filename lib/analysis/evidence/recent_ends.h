// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include <absl/time/time.h>

#include "lib/model/journal.h"

namespace caliwatch {

// A daemon that ended, or was started anew, again and again of late.
struct RepeatedEnds {
  size_t times = 0;
  absl::Duration within;  // from the first of them until now

  bool operator==(const RepeatedEnds&) const = default;
};

// When a daemon ended of late. A steady judgement: it does not change between two ends.
class RecentEnds {
 public:
  RecentEnds() = default;
  explicit RecentEnds(std::deque<BootTime> moments) : moments_(std::move(moments)) {}

  // It ended so often since the poll before; called at each poll, with 0 where it did not.
  void Follow(uint64_t times, BootTime now);

  // Three times within 30 minutes, the last time within 10: an update ends it once, a rollback once more.
  std::optional<RepeatedEnds> Repeated(BootTime now) const;

  // Of the last 30 minutes, oldest first, the last 100 at most. They do not change while nothing happens.
  const std::deque<BootTime>& moments() const { return moments_; }

  bool operator==(const RecentEnds&) const = default;

 private:
  std::deque<BootTime> moments_;
};

}  // namespace caliwatch
