// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/analysis/report.h"

namespace caliwatch {

// Follows findings from poll to poll: one counts only when it has held for as long as its check asks for.
class FindingHistory {
 public:
  // `looks`: as Limits::looks.
  explicit FindingHistory(std::optional<int> looks) : looks_(looks) {}

  Verdict Judge(const Check& check, const Snapshot& snapshot);
  // After the verdicts were correlated: what was explained stays so for a moment after its cause is over.
  void KeepExplanations(std::vector<Verdict>& verdicts, absl::Time now);

 private:
  struct Candidate {
    absl::Time since;
    int polls = 0;  // in a row that saw it; one that cannot judge does not count
    std::optional<FindingName> explained_by = {};
    absl::Time explained_at = absl::InfinitePast();
  };

  std::optional<int> looks_;
  std::map<absl::string_view, std::map<std::string, Candidate>> candidates_;  // by check, then subject
};

}  // namespace caliwatch
