// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/evidence/moment.h"

namespace caliwatch {
namespace {

// The two clocks are not read at once.
constexpr absl::Duration kJitter = absl::Seconds(1);

}  // namespace

Moment MomentOf(const Snapshot& seen) { return {seen.boot_time, seen.taken_at}; }

Moment AsOf(const Moment& then, const Moment& now) {
  const absl::Time wall = now.wall - (now.up - then.up);
  return absl::AbsDuration(wall - then.wall) <= kJitter ? then : Moment{then.up, wall};
}

}  // namespace caliwatch
