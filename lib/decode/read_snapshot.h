// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/time/time.h>

#include "lib/model/snapshot.h"
#include "lib/node/raw_node.h"

namespace caliwatch {

// Reads all sources of `node`, each for itself: one that fails leaves an error in its table and in `sources`, and stops
// nothing. A dump that the kernel calls interrupted is asked for again, a few times. `now` is called around each read.
// `before`, where there was a poll before, only tells how much room to make: a table that grows step by step peaks at
// twice what it needs.
Snapshot ReadSnapshot(RawNode& node, absl::FunctionRef<absl::Time()> now, const Snapshot* before = nullptr);

}  // namespace caliwatch
