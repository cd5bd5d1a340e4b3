// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `caliwatch check` and the agent's page say of a report.

#include <string>
#include <vector>

#include <absl/strings/string_view.h>

#include "lib/analysis/report.h"

namespace caliwatch {

// Findings of severity info alone are kClean. kCannotJudge: nothing was found, but something this node has could not be
// read, so that silence would mean little.
enum class Outcome { kClean, kFindings, kCannotJudge };
Outcome OutcomeOf(const Report& report);
absl::string_view ToString(Outcome outcome);  // "clean", "findings", "cannot_judge"

struct CauseWithEffects {
  const CheckInfo* check = nullptr;
  const OpenFinding* open = nullptr;
  std::vector<CauseWithEffects> effects = {};  // what it explains; these have none

  absl::string_view remedy() const;
};
// Those that nothing explains, the most important first: by severity, then by check, then by subject. They live as long
// as `report`.
std::vector<CauseWithEffects> FindingsByImportance(const Report& report);

// The same, with those of one check that want the same to be done together.
struct FindingGroup {
  const CheckInfo* check = nullptr;
  std::string remedy;
  std::vector<CauseWithEffects> findings;
};
std::vector<FindingGroup> GroupsByImportance(const Report& report);

// For people. `colour`: with the escape sequences of a terminal.
std::string ReportText(const Report& report, bool colour);

// For programs, as docs/json.md describes it: one JSON object. `version`: of the agent; empty: nobody runs one.
std::string ReportJson(const Report& report, absl::string_view version);

}  // namespace caliwatch
