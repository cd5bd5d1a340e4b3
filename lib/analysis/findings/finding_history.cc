// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/finding_history.h"

#include <algorithm>
#include <utility>

#include "lib/analysis/findings/correlation.h"

namespace caliwatch {
namespace {

constexpr size_t kPastFindings = 50;
constexpr size_t kMostSaid = 16;
constexpr auto LessTime = [](const auto& a, const auto& b) { return a.second.time < b.second.time; };
constexpr absl::Duration kAftermath = absl::Seconds(10);  // an effect ends a moment after its cause

}  // namespace

FindingHistory::FindingHistory(const OpenSince& known) {
  for (const CheckInfo* check : AllCheckInfos())
    for (const auto& [id, since] : known)
      if (id.check == check->name)
        candidates_[check->name].try_emplace(id.subject, Candidate{.since = since, .known = true});
}

std::vector<Verdict> FindingHistory::JudgeAll(const std::vector<Check>& checks, const Evidence& evidence,
                                              std::optional<int> polls_to_hold) {
  std::vector<Verdict> verdicts;
  verdicts.reserve(checks.size());
  for (const Check& check : checks) verdicts.push_back(Judge(check, evidence, polls_to_hold));
  Correlate(verdicts);
  // Who polls only so often wants to see all there is.
  if (!polls_to_hold) KeepCausesForAWhile(verdicts, evidence.now.taken_at);
  return verdicts;
}

Verdict FindingHistory::Judge(const Check& check, const Evidence& evidence, std::optional<int> polls_to_hold) {
  const absl::Time now = evidence.now.taken_at;
  Verdict verdict{&check.info, absl::OkStatus(), {}};
  Judgement judgement = check.run(evidence);
  verdict.judged = judgement.status();
  if (!judgement.ok()) return verdict;  // neither confirms nor refutes: the candidates stay as they are

  const auto holds = [&](const Finding& finding, const Candidate& candidate) {
    const bool lasts = finding.lasted.value_or(now - candidate.since) >= check.info.time_to_hold;
    // Who polls only so often knows no more of what nobody has seen before.
    if (polls_to_hold) return candidate.polls >= *polls_to_hold && (lasts || !finding.lasted);
    return candidate.polls >= check.info.polls_to_hold && lasts;
  };
  std::map<std::string, Candidate>& before = candidates_[check.info.name];
  std::map<std::string, Candidate> still;
  for (Finding& finding : *judgement) {
    std::string subject = SubjectText(finding);
    const auto known = before.find(subject);
    const auto [entry, is_new] =
        still.try_emplace(subject, known != before.end() ? known->second : Candidate{.since = now});
    if (!is_new) continue;
    Candidate& candidate = entry->second;
    candidate.polls += !evidence.now.taken_early;  // what two polls saw within a second need not hold
    if (finding.lasted) candidate.since = std::min(candidate.since, now - *finding.lasted);
    candidate.held = candidate.held || holds(finding, candidate);
    Note(candidate, finding, now);
    if (candidate.held) verdict.findings.push_back({std::move(finding), std::move(subject), candidate.since});
  }
  for (const auto& [subject, candidate] : before)
    if (still.count(subject) == 0) Close(check.info, subject, candidate, now);
  before = std::move(still);
  std::sort(verdict.findings.begin(), verdict.findings.end(),
            [](const OpenFinding& a, const OpenFinding& b) { return a.subject < b.subject; });
  return verdict;
}

void FindingHistory::Note(Candidate& candidate, const Finding& finding, absl::Time now) {
  if (candidate.said.size() >= kMostSaid && candidate.said.count(finding.remedy) == 0)
    candidate.said.erase(std::min_element(candidate.said.begin(), candidate.said.end(), LessTime));
  Said& said = candidate.said[finding.remedy];
  said.detail = finding.detail;
  if (now > candidate.looked) said.time += now - candidate.looked;
  candidate.looked = now;
}

// An outage ends by way of what its repair looks like: that is not what it was.
std::string FindingHistory::SaidLongest(const Candidate& candidate) {
  const auto longest = std::max_element(candidate.said.begin(), candidate.said.end(), LessTime);
  return longest == candidate.said.end() ? "" : longest->second.detail;
}

void FindingHistory::Close(const CheckInfo& check, const std::string& subject, const Candidate& candidate,
                           absl::Time now) {
  if (!candidate.held || now - candidate.caused_at < kAftermath) return;
  past_.insert(past_.begin(), {&check, subject, SaidLongest(candidate), candidate.since, now});
  if (past_.size() > kPastFindings) past_.pop_back();
}

OpenSince FindingHistory::Open() const {
  OpenSince open;
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
  for (Verdict& verdict : verdicts)
    for (OpenFinding& open : verdict.findings) {
      Candidate& known = candidates_[verdict.check->name][open.subject];
      if (open.cause) {
        known.cause = open.cause;
        known.caused_at = now;
      } else if (now - known.caused_at < kAftermath) {
        open.cause = known.cause;
      }
    }
}

}  // namespace caliwatch
