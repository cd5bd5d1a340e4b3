// SPDX-License-Identifier: Apache-2.0
#pragma once

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
};

struct Verdict {
  const CheckInfo* check = nullptr;   // lives as long as the program
  absl::Status judged;                // not OK: why the check cannot judge
  std::vector<OpenFinding> findings;  // ordered by subject

  bool lacks_something() const;  // it wants to judge and cannot; false, too, where it does not apply to this node
  size_t RootCauses() const;     // how many have no cause among the other findings
};

struct PastFinding {
  const CheckInfo* check = nullptr;
  std::string subject, detail;
  absl::Time since, until;
};

}  // namespace caliwatch
