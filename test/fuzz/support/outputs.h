// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "lib/analysis/report.h"
#include "lib/analysis/state/persistent_state.h"
#include "test/fuzz/support/metrics_text.h"

namespace caliwatch {

// All that leaves the program for the polls of one node, each made and read again as its readers do: metrics, JSON by
// docs/json.md, page, terminal, log and state file.
class Outputs {
 public:
  // Returns the metrics' series.
  Series Check(const Report& report, const PersistentState& kept);

 private:
  std::optional<Report> before_;
};

// For a report by itself.
Series CheckOutputs(const Report& report, const Report* before, const PersistentState& kept);

}  // namespace caliwatch
