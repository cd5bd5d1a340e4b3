// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include "lib/model/snapshot.h"

namespace caliwatch {

// When something was, by both clocks. The wall clock may be set at any time, as NTP does after a boot: how long ago it
// was, only the other one tells.
struct Moment {
  BootTime up = {};
  absl::Time wall = {};

  bool operator==(const Moment&) const = default;
};

Moment MomentOf(const Snapshot& seen);

// The same moment by the wall clock as it is set `now`. Does not change while nobody sets it.
Moment AsOf(const Moment& then, const Moment& now);

}  // namespace caliwatch
