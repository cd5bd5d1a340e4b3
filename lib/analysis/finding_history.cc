// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/finding_history.h"

#include <algorithm>
#include <utility>

namespace caliwatch {

Verdict FindingHistory::Judge(const Check& check, const Snapshot& snapshot) {
  Verdict verdict{&check, absl::OkStatus(), {}};
  const Judgement judgement = check.run(snapshot);
  verdict.judged = judgement.status();
  if (!judgement.ok()) return verdict;  // neither confirms nor refutes: the candidates stay as they are

  std::map<std::string, Candidate>& before = candidates_[check.name];
  std::map<std::string, Candidate> still;
  for (const Finding& finding : *judgement) {
    const auto known = before.find(finding.subject);
    const auto [entry, is_new] =
        still.try_emplace(finding.subject, known != before.end() ? known->second : Candidate{snapshot.taken_at, 0});
    if (!is_new) continue;
    entry->second.polls += !snapshot.between;  // what two looks saw within a second need not hold
    const bool held = looks_ ? entry->second.polls >= *looks_
                             : entry->second.polls >= check.polls_to_hold &&
                                   snapshot.taken_at - entry->second.since >= check.time_to_hold;
    if (held) verdict.findings.push_back({finding, entry->second.since});
  }
  before = std::move(still);
  std::sort(verdict.findings.begin(), verdict.findings.end(),
            [](const OpenFinding& a, const OpenFinding& b) { return a.finding.subject < b.finding.subject; });
  return verdict;
}

// An effect ends a moment after its cause: a session is up before its routes are back.
void FindingHistory::KeepExplanations(std::vector<Verdict>& verdicts, absl::Time now) {
  constexpr absl::Duration kAftermath = absl::Seconds(10);
  if (looks_) return;  // who looks once wants to see all there is
  for (Verdict& verdict : verdicts)
    for (OpenFinding& open : verdict.findings) {
      Candidate& known = candidates_[verdict.check->name][open.finding.subject];
      if (open.explained_by) {
        known.explained_by = open.explained_by;
        known.explained_at = now;
      } else if (now - known.explained_at < kAftermath) {
        open.explained_by = known.explained_by;
      }
    }
}

}  // namespace caliwatch
