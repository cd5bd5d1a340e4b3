// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/finding_history.h"

#include <algorithm>
#include <utility>

#include <absl/container/flat_hash_map.h>
#include <absl/hash/hash.h>

#include "lib/analysis/findings/correlation.h"
#include "lib/analysis/findings/who.h"

namespace caliwatch {
namespace {

constexpr size_t kPastFindings = 50;
constexpr size_t kMostSaid = 16;
constexpr auto LessTime = [](const auto& a, const auto& b) { return a.time < b.time; };
constexpr absl::Duration kAftermath = absl::Seconds(10);  // an effect ends a moment after its cause

// Those of the process before, which may have begun before the machine did; none in a time that is still to come.
Moment SinceBefore(absl::Time since, const Moment& now) {
  return {now.up - std::max(now.wall - since, absl::ZeroDuration()), since};
}

void CountEffects(std::vector<Verdict>& verdicts) {
  absl::flat_hash_map<std::pair<absl::string_view, absl::string_view>, size_t> effects;
  for (const Verdict& verdict : verdicts)
    for (const OpenFinding& open : verdict.findings)
      if (open.cause) ++effects[{open.cause->check, open.cause->subject}];
  if (effects.empty()) return;
  for (Verdict& verdict : verdicts)
    for (OpenFinding& open : verdict.findings)
      if (const auto count = effects.find({verdict.check->name, open.subject}); count != effects.end())
        open.effects = count->second;
}

void KeepListed(Verdict& verdict) {
  if (verdict.findings.size() <= kListedFindings) return verdict.findings.shrink_to_fit();
  std::vector<OpenFinding> listed;
  size_t causes = 0, effects = 0;
  for (OpenFinding& open : verdict.findings)
    if (++(open.cause ? effects : causes) <= kListedFindings) listed.push_back(std::move(open));
  verdict.findings = std::move(listed);
  verdict.unlisted_causes = causes - std::min(causes, kListedFindings);
  verdict.unlisted_effects = effects - std::min(effects, kListedFindings);
}

// What is made for those alone that are listed: there may be thousands.
void Complete(const Check& check, const Evidence& evidence, Verdict& verdict) {
  for (OpenFinding& open : verdict.findings) {
    Finding& finding = open.finding;
    finding.who = WhoText(finding, evidence);
    if (finding.commands.empty() && check.commands != nullptr && !open.cause)
      finding.commands = check.commands(finding, evidence);
  }
}

}  // namespace

FindingHistory::FindingHistory(const OpenSince& known) {
  for (const CheckInfo* check : AllCheckInfos())
    for (const auto& [id, since] : known)
      if (id.check == check->name)
        candidates_[check->name].try_emplace(id.subject, Candidate{.since = {.wall = since}, .known = true});
}

std::vector<Verdict> FindingHistory::JudgeAll(const std::vector<Check>& checks, const Evidence& evidence,
                                              std::optional<int> polls_to_hold) {
  TellMomentsBy(MomentOf(evidence.now));
  std::vector<Verdict> verdicts;
  verdicts.reserve(checks.size());
  for (const Check& check : checks) verdicts.push_back(Judge(check, evidence, polls_to_hold));
  Correlate(verdicts);
  // Who polls only so often wants to see all there is.
  if (!polls_to_hold) KeepCausesForAWhile(verdicts, evidence.now.boot_time);
  CountEffects(verdicts);
  for (Verdict& verdict : verdicts) KeepListed(verdict);
  for (size_t i = 0; i < checks.size(); ++i) Complete(checks[i], evidence, verdicts[i]);
  return verdicts;
}

void FindingHistory::TellMomentsBy(const Moment& now) {
  for (auto& [check, candidates] : candidates_)
    for (auto& [subject, candidate] : candidates)
      candidate.since = has_looked_ ? AsOf(candidate.since, now) : SinceBefore(candidate.since.wall, now);
  has_looked_ = true;
  for (Past& past : past_) {
    past.since = AsOf(past.since, now);
    past.until = AsOf(past.until, now);
  }
}

Verdict FindingHistory::Judge(const Check& check, const Evidence& evidence, std::optional<int> polls_to_hold) {
  const Moment now = MomentOf(evidence.now);
  Verdict verdict{&check.info, absl::OkStatus(), {}};
  Judgement judgement = check.run(evidence);
  verdict.judged = judgement.status();
  if (!judgement.ok()) return verdict;  // neither confirms nor refutes: the candidates stay as they are

  const auto holds = [&](const Finding& finding, const Candidate& candidate) {
    // Not for longer than the machine, whatever the clock of a process before was set to.
    const BootTime since = std::max(candidate.since.up, absl::ZeroDuration());
    const bool lasts = finding.lasted.value_or(now.up - since) >= check.info.time_to_hold;
    // Who polls only so often knows no more of what nobody has seen before.
    if (polls_to_hold) return candidate.polls >= *polls_to_hold && (lasts || !finding.lasted);
    return candidate.polls >= check.info.polls_to_hold && lasts;
  };
  Candidates& candidates = candidates_[check.info.name];
  verdict.findings.reserve(judgement->size());  // thousands: grown by doubling, they would be there three times
  for (Finding& finding : *judgement) {
    std::string subject = SubjectText(finding);
    Candidate& candidate = candidates.try_emplace(subject, Candidate{.since = now}).first->second;
    if (std::exchange(candidate.found, true)) continue;
    candidate.polls += !evidence.now.taken_early;  // what two polls saw within a second need not hold
    if (finding.lasted && now.up - *finding.lasted < candidate.since.up)
      candidate.since = {now.up - *finding.lasted, now.wall - *finding.lasted};
    const bool held_before = candidate.held;
    candidate.held = candidate.held || holds(finding, candidate);
    Note(candidate, finding, now.up);
    if (!candidate.held) continue;
    verdict.begun += !held_before;
    verdict.findings.push_back({std::move(finding), std::move(subject), candidate.since.wall, {}, !held_before});
  }
  Close(TakeGone(candidates), now, verdict);
  std::sort(verdict.findings.begin(), verdict.findings.end(),
            [](const OpenFinding& a, const OpenFinding& b) { return a.subject < b.subject; });
  return verdict;
}

// Those that the judgement did not find.
FindingHistory::Candidates FindingHistory::TakeGone(Candidates& candidates) {
  Candidates gone;
  for (auto next = candidates.begin(); next != candidates.end();) {
    const auto candidate = next++;
    if (!std::exchange(candidate->second.found, false)) gone.insert(gone.end(), candidates.extract(candidate));
  }
  return gone;
}

void FindingHistory::Note(Candidate& candidate, const Finding& finding, BootTime now) {
  const size_t remedy = absl::HashOf(finding.remedy);
  auto said = std::find_if(candidate.said.begin(), candidate.said.end(),
                           [remedy](const Said& each) { return each.remedy == remedy; });
  if (said == candidate.said.end()) {
    if (candidate.said.size() >= kMostSaid)
      candidate.said.erase(std::min_element(candidate.said.begin(), candidate.said.end(), LessTime));
    said = candidate.said.insert(candidate.said.end(), {remedy, "", absl::ZeroDuration()});
  }
  if (said->detail != finding.detail) said->detail = finding.detail;
  if (now > candidate.looked) said->time += now - candidate.looked;
  candidate.looked = now;
}

// An outage ends by way of what its repair looks like: that is not what it was.
std::string FindingHistory::SaidLongest(const Candidate& candidate) {
  const auto longest = std::max_element(candidate.said.begin(), candidate.said.end(), LessTime);
  return longest == candidate.said.end() ? "" : longest->detail;
}

// `gone`: those that are no longer found.
void FindingHistory::Close(const Candidates& gone, const Moment& now, Verdict& verdict) {
  for (const auto& [subject, candidate] : gone) {
    if (!candidate.held) continue;
    ++verdict.over_count;
    const bool caused = now.up - candidate.caused_at < kAftermath;
    std::string detail = SaidLongest(candidate);
    if (verdict.over.size() < kListedFindings) {
      OpenFinding& over = verdict.over.emplace_back();
      over.finding.detail = detail;
      over.subject = subject;
      over.since = candidate.since.wall;
      if (caused) over.cause = candidate.cause;
    }
    if (caused) continue;
    past_.push_front({{verdict.check, subject, std::move(detail), {}, {}}, candidate.since, now});
    if (past_.size() > kPastFindings) past_.pop_back();
  }
}

std::vector<PastFinding> FindingHistory::past() const {
  std::vector<PastFinding> past;
  past.reserve(past_.size());
  for (const Past& each : past_) {
    past.push_back(each.finding);
    past.back().since = each.since.wall;
    past.back().until = each.until.wall;
  }
  return past;
}

OpenSince FindingHistory::Open() const {
  OpenSince open;
  for (const auto& [check, candidates] : candidates_) {
    size_t kept = 0;
    for (const auto& [subject, candidate] : candidates) {
      if (!candidate.held && !candidate.known) continue;
      if (kept++ == kRememberedFindings) break;
      open[{std::string(check), subject}] = candidate.since.wall;
    }
  }
  return open;
}

// A session is up before its routes are back. Findings and candidates are both in order.
void FindingHistory::KeepCausesForAWhile(std::vector<Verdict>& verdicts, BootTime now) {
  for (Verdict& verdict : verdicts) {
    auto candidate = candidates_[verdict.check->name].begin();
    for (OpenFinding& open : verdict.findings) {
      while (candidate->first != open.subject) ++candidate;
      Candidate& known = candidate->second;
      if (open.cause) {
        known.cause = open.cause;
        known.caused_at = now;
      } else if (now - known.caused_at < kAftermath) {
        open.cause = known.cause;
      }
    }
  }
}

}  // namespace caliwatch
