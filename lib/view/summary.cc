// SPDX-License-Identifier: Apache-2.0
#include "lib/view/summary.h"

#include <algorithm>
#include <functional>

namespace caliwatch {

Outcome OutcomeOf(const Report& report) {
  const auto& verdicts = report.verdicts;
  const auto& readings = report.sources;
  const auto is_bad = [](const Verdict& verdict) {
    return verdict.RootCauses() != 0 && verdict.check->severity != Severity::kInfo;
  };
  if (std::any_of(verdicts.begin(), verdicts.end(), is_bad)) return Outcome::kFindings;
  if (std::any_of(verdicts.begin(), verdicts.end(), std::mem_fn(&Verdict::lacks_something)) ||
      std::any_of(readings.begin(), readings.end(), [](const SourceStatus& reading) { return !reading.status.ok(); }))
    return Outcome::kCannotJudge;
  return Outcome::kClean;
}

absl::string_view ToString(Outcome outcome) {
  switch (outcome) {
    case Outcome::kClean:
      return "clean";
    case Outcome::kFindings:
      return "findings";
    case Outcome::kCannotJudge:
      break;
  }
  return "cannot_judge";
}

absl::string_view CauseWithEffects::remedy() const {
  return open->finding.remedy.empty() ? check->remedy : absl::string_view(open->finding.remedy);
}

std::vector<CauseWithEffects> FindingsByImportance(const Report& report) {
  std::vector<CauseWithEffects> findings, effects;
  for (const Verdict& verdict : report.verdicts)
    for (const OpenFinding& open : verdict.findings)
      (open.cause ? effects : findings).push_back({verdict.check, &open});
  for (CauseWithEffects& finding : findings)
    for (const CauseWithEffects& effect : effects)
      if (effect.open->cause == FindingId{std::string(finding.check->name), finding.open->subject})
        finding.effects.push_back(effect);
  std::stable_sort(findings.begin(), findings.end(), [](const CauseWithEffects& a, const CauseWithEffects& b) {
    return a.check->severity < b.check->severity;
  });
  return findings;
}

std::vector<FindingGroup> GroupsByImportance(const Report& report) {
  std::vector<FindingGroup> groups;
  for (CauseWithEffects& found : FindingsByImportance(report)) {
    const auto group = std::find_if(groups.begin(), groups.end(), [&](const FindingGroup& other) {
      return other.check == found.check && other.remedy == found.remedy();
    });
    const auto place =
        group != groups.end() ? group : groups.insert(group, {found.check, std::string(found.remedy()), {}});
    place->findings.push_back(std::move(found));
  }
  return groups;
}

}  // namespace caliwatch
