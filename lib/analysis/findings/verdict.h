// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/time/time.h>

#include "lib/analysis/findings/check_info.h"
#include "lib/analysis/findings/finding.h"

namespace caliwatch {

struct OpenFinding {
  Finding finding;
  std::string subject;                  // SubjectText(finding)
  absl::Time since;                     // of the first poll in the row that saw it
  std::optional<FindingId> cause = {};  // another open finding, which is the one to count and to report
  bool is_new = false;                  // it counts since this poll
  size_t effects = 0;                   // how many have it for their cause, of all checks, listed or not
};

// Of each check no more findings than these are told one by one, those without a cause and those with one; there may be
// one a route. Counts are always those of all.
inline constexpr size_t kListedFindings = 100;

struct Verdict {
  const CheckInfo* check = nullptr;   // lives as long as the program
  absl::Status judged;                // not OK: why the check cannot judge
  std::vector<OpenFinding> findings;  // ordered by subject; of more than kListedFindings of a kind, the first of them
  size_t unlisted_causes = 0;         // that have no cause
  size_t unlisted_effects = 0;        // that have one
  // What changed with this poll: how many began to count; and those that did so until now, with how many they are.
  size_t begun = 0;
  std::vector<OpenFinding> over = {};  // ordered by subject, the first kListedFindings
  size_t over_count = 0;

  bool lacks_something() const;  // it wants to judge and cannot; false, too, where it does not apply to this node
  size_t RootCauses() const;     // how many have no cause among the other findings
};

struct PastFinding {
  const CheckInfo* check = nullptr;
  std::string subject, detail;
  absl::Time since, until;
};

}  // namespace caliwatch
