// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include "lib/analysis/evidence/sources.h"
#include "lib/model/snapshot.h"

namespace caliwatch {

// What is shown of the node: for display and counters alone, no check gets it.
struct Shown {
  SnapshotPtr now;  // the poll's own snapshot, or a copy in which tables that could not be read hold the last good rows
  SnapshotPtr before;  // what was shown by the poll before; null at the first
};

// `history` is what is remembered from poll to poll: `now` of the last. Rows outlive a source that fails by one poll,
// and those that are shown together with the time they were read at (a BIRD's, the node's name) by `keep`.
Shown ChooseShown(SnapshotPtr& history, const SnapshotPtr& seen, const Sources& sources, absl::Duration keep);

}  // namespace caliwatch
