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
  // `looks`: as Limits::looks. `known`: what Open() told a process before.
  FindingHistory(std::optional<int> looks, const std::map<FindingKey, absl::Time>& known);

  Verdict Judge(const Check& check, const Snapshot& snapshot);
  // After the verdicts were correlated: what was explained stays so for a moment after its cause is over.
  void KeepCausesForAWhile(std::vector<Verdict>& verdicts, absl::Time now);

  // As PersistentState::findings.
  std::map<FindingKey, absl::Time> Open() const;
  // The last ones that are over, newest first; what followed from another finding is not among them.
  const std::vector<PastFinding>& past() const { return past_; }

 private:
  struct Candidate {
    absl::Time since;
    int polls = 0;  // in a row that saw it; one that cannot judge does not count
    bool held = false;
    bool known = false;  // to the process before, which saw it hold
    std::string detail = {};
    std::optional<FindingId> explained_by = {};
    absl::Time explained_at = absl::InfinitePast();
  };

  bool Holds(const Check& check, const Candidate& candidate, absl::Time now) const;
  void Close(const Check& check, const std::string& subject, const Candidate& candidate, absl::Time now);

  std::optional<int> looks_;
  std::map<absl::string_view, std::map<std::string, Candidate>> candidates_;  // by check, then subject
  std::vector<PastFinding> past_;
};

}  // namespace caliwatch
