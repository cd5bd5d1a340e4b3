// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lib/analysis/report.h"
#include "lib/analysis/state/persistent_state.h"

namespace caliwatch {

// All that leaves the program for a poll, each made and read again as its readers do: metrics, JSON by docs/json.md,
// page, terminal, log and state file. `before`: the poll before, or null.
void CheckOutputs(const Report& report, const Report* before, const PersistentState& kept);

}  // namespace caliwatch
