// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <absl/strings/string_view.h>

#include "lib/analysis/report.h"

namespace caliwatch {

// Findings of severity info alone are kClean. kCannotJudge: nothing was found, but something this node has could not be
// read, so that silence would mean little. kStarting: nothing was found so far, but a BIRD has just started and its
// sessions are not up, so that it is too early to say.
enum class Outcome { kClean, kFindings, kCannotJudge, kStarting };
absl::string_view ToString(Outcome outcome);  // "clean", "findings", "cannot_judge", "starting"

struct CauseWithEffects {
  const CheckInfo* check = nullptr;
  const OpenFinding* open = nullptr;
  std::vector<CauseWithEffects> effects = {};  // what it explains; these have none

  size_t unlisted_effects() const;  // what it explains beside these
  absl::string_view impact() const;
  absl::string_view remedy() const;
};

// One problem: causes of one check that want the same to be done, as those of both families of a peer do, or of thirty
// interfaces that are left over. This is what a verdict counts, and what all outputs tell in one place.
struct FindingGroup {
  const CheckInfo* check = nullptr;
  std::vector<absl::string_view> impacts;  // what they break, each once
  absl::string_view remedy;
  std::vector<const CauseWithEffects*> findings;  // of Summary::causes
  size_t unlisted = 0;  // of the check, told with its last group alone: what is wrong with them is not kept

  std::string impact() const;  // in one text
  absl::Time since() const;    // of the first of them
};

// What a report comes to, made once for whatever shows it: terminal, page, JSON. All in it lives as long as the report.
struct Summary {
  Outcome outcome = Outcome::kClean;
  bool restarting = false;               // some BIRD restarted, and its sessions or routes are not all back
  bool starting = false;                 // some BIRD has just started or recovers, and has a session that is not up
  std::vector<CauseWithEffects> causes;  // that nothing explains: by severity, then by check, then by subject
  std::vector<FindingGroup> groups;      // in the order of the causes
  size_t problems = 0;                   // groups that are more than a note
  size_t critical = 0;                   // of these
  size_t notes = 0;                      // groups of severity info
  std::vector<const SourceStatus*> unread;
  std::vector<const Verdict*> unjudged;  // of checks that want to judge and cannot

  Summary() = default;
  Summary(Summary&&) = default;  // a copy's groups would hold the causes of another
};
Summary Summarize(const Report& report);

}  // namespace caliwatch
