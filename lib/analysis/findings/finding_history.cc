// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/finding_history.h"

#include <algorithm>
#include <utility>

namespace caliwatch {
namespace {

constexpr size_t kPastFindings = 50;
constexpr absl::Duration kAftermath = absl::Seconds(10);  // an effect ends a moment after its cause

}  // namespace

FindingHistory::FindingHistory(std::optional<int> looks, const std::map<FindingKey, absl::Time>& known)
    : looks_(looks) {
  for (const Check& check : AllChecks())
    for (const auto& [key, since] : known)
      if (key.first == check.name)
        candidates_[check.name].try_emplace(key.second, Candidate{.since = since, .known = true});
}

Verdict FindingHistory::Judge(const Check& check, const Snapshot& snapshot) {
  Verdict verdict{&check, absl::OkStatus(), {}};
  const Judgement judgement = check.run(snapshot);
  verdict.judged = judgement.status();
  if (!judgement.ok()) return verdict;  // neither confirms nor refutes: the candidates stay as they are

  std::map<std::string, Candidate>& before = candidates_[check.name];
  std::map<std::string, Candidate> still;
  for (const Finding& finding : *judgement) {
    const auto known = before.find(finding.subject);
    const auto [entry, is_new] = still.try_emplace(
        finding.subject, known != before.end() ? known->second : Candidate{.since = snapshot.taken_at});
    if (!is_new) continue;
    Candidate& candidate = entry->second;
    candidate.polls += !snapshot.between;  // what two looks saw within a second need not hold
    candidate.held = candidate.held || Holds(check, candidate, snapshot.taken_at);
    candidate.detail = finding.detail;
    if (candidate.held) verdict.findings.push_back({finding, candidate.since});
  }
  for (const auto& [subject, candidate] : before)
    if (still.count(subject) == 0) Close(check, subject, candidate, snapshot.taken_at);
  before = std::move(still);
  std::sort(verdict.findings.begin(), verdict.findings.end(),
            [](const OpenFinding& a, const OpenFinding& b) { return a.finding.subject < b.finding.subject; });
  return verdict;
}

bool FindingHistory::Holds(const Check& check, const Candidate& candidate, absl::Time now) const {
  if (looks_) return candidate.polls >= *looks_;
  return candidate.polls >= check.polls_to_hold && now - candidate.since >= check.time_to_hold;
}

void FindingHistory::Close(const Check& check, const std::string& subject, const Candidate& candidate, absl::Time now) {
  if (!candidate.held || now - candidate.explained_at < kAftermath) return;
  past_.insert(past_.begin(), {&check, subject, candidate.detail, candidate.since, now});
  if (past_.size() > kPastFindings) past_.pop_back();
}

std::map<FindingKey, absl::Time> FindingHistory::Open() const {
  std::map<FindingKey, absl::Time> open;
  for (const auto& [check, candidates] : candidates_) {
    size_t kept = 0;
    for (const auto& [subject, candidate] : candidates)
      if ((candidate.held || candidate.known) && kept++ < kRememberedFindings)
        open[{std::string(check), subject}] = candidate.since;
  }
  return open;
}

// A session is up before its routes are back.
void FindingHistory::KeepCausesForAWhile(std::vector<Verdict>& verdicts, absl::Time now) {
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
