// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/judge.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <absl/container/flat_hash_map.h>

#include "lib/ipam/check.h"

namespace caliwatch {
namespace {

using Findings = std::map<FindingId, IpamState::Seen>;

std::vector<EvidenceReading> ReadingsOf(const IpamEvidence& evidence) {
  std::vector<EvidenceReading> readings;
  ForEachClusterTable([&](const char* kind, auto member) {
    const auto& table = evidence.records.*member;
    readings.push_back({kind, table.rows.size(), evidence.Read(table), table.read_at});
    if constexpr (std::is_same_v<decltype(member), ClusterTable<NodeReport> ClusterRecords::*>)
      for (const auto& [node, report] : table.rows) {
        readings.back().stale += evidence.IsStale(report.read_at) ? 1 : 0;
        readings.back().unknown += report.kernel.ok() ? 0 : 1;
      }
  });
  return readings;
}

// Takes one look into account.
OpenIpamFinding Follow(const CheckInfo& check, IpamFinding finding, absl::Time now, const Findings& before,
                       Findings& seen) {
  const FindingId id{std::string(check.name), finding.subject};
  IpamState::Seen& known = seen[id];
  const auto earlier = before.find(id);
  const bool goes_on =
      earlier != before.end() && earlier->second.version == finding.version && earlier->second.since <= now;
  known = goes_on ? earlier->second : IpamState::Seen{now, 0, finding.version};
  ++known.looks;
  OpenIpamFinding open{.finding = std::move(finding), .since = known.since};
  if (open.finding.known_since) open.since = std::min(open.since, *open.finding.known_since);
  open.sure = known.looks >= check.polls_to_hold && now - open.since >= check.time_to_hold;
  return open;
}

// What was seen earlier and could not be judged now is remembered as it was.
void KeepUnjudged(const IpamVerdict& verdict, const Findings& before, Findings& seen) {
  const std::string check(verdict.check->name);
  for (const IpamDoubt& doubt : verdict.doubts)
    for (const std::string& subject : doubt.subjects)
      if (const auto at = before.find({check, subject}); at != before.end()) seen.emplace(at->first, at->second);
  if (verdict.judged.ok()) return;
  for (auto at = before.lower_bound({check, ""}); at != before.end() && at->first.check == check; ++at)
    seen.emplace(at->first, at->second);
}

IpamVerdict JudgeBy(const IpamCheck& check, const IpamEvidence& evidence, const Findings& before, Findings& seen) {
  IpamJudgement judgement = check.run(evidence);
  IpamVerdict verdict{.check = &check.info,
                      .judged = std::move(judgement.unread),
                      .findings = {},
                      .unlisted = judgement.unlisted,
                      .doubts = std::move(judgement.doubts)};
  for (IpamFinding& finding : judgement.findings)
    verdict.findings.push_back(Follow(check.info, std::move(finding), evidence.now, before, seen));
  KeepUnjudged(verdict, before, seen);
  return verdict;
}

// All findings that count, by what they are about.
using Things = absl::flat_hash_map<std::pair<absl::string_view, absl::string_view>, OpenIpamFinding*>;

Things ThingsOf(std::vector<IpamVerdict>& verdicts) {
  Things things;
  for (IpamVerdict& verdict : verdicts)
    for (OpenIpamFinding& open : verdict.findings) {
      if (!open.sure) continue;
      things.try_emplace({verdict.check->name, open.finding.subject}, &open);
      for (const std::string& thing : open.finding.related) things.try_emplace({verdict.check->name, thing}, &open);
    }
  return things;
}

OpenIpamFinding* CauseOf(const OpenIpamFinding& open, absl::string_view check, const Things& things) {
  const auto find = [&](const std::string& thing) {
    const auto at = things.find({check, thing});
    return at == things.end() ? nullptr : at->second;
  };
  if (OpenIpamFinding* cause = find(open.finding.subject)) return cause;
  for (const std::string& thing : open.finding.related)
    if (OpenIpamFinding* cause = find(thing)) return cause;
  return nullptr;
}

// Checks' causes lead one way, so that none is its own.
void FindCauses(std::vector<IpamVerdict>& verdicts) {
  const Things things = ThingsOf(verdicts);
  for (IpamVerdict& verdict : verdicts)
    for (OpenIpamFinding& open : verdict.findings)
      for (const Cause& of : verdict.check->causes) {
        OpenIpamFinding* cause = CauseOf(open, of.check, things);
        if (cause == nullptr || cause == &open || open.cause) continue;
        open.cause = FindingId{std::string(of.check), cause->finding.subject};
        ++cause->effects;
      }
}

IpamReleases SafeReleases(const IpamEvidence& evidence, const std::vector<IpamVerdict>& verdicts) {
  std::vector<IpAddress> leaked;
  std::vector<std::string> handles;
  for (const IpamVerdict& verdict : verdicts)
    for (const OpenIpamFinding& open : verdict.findings) {
      if (!open.sure) continue;
      if (verdict.check->name == "ipam_address_leaked" && open.finding.address) leaked.push_back(*open.finding.address);
      if (verdict.check->name == "ipam_handle_disagrees") handles.push_back(open.finding.subject);
    }
  return ReleasesOf(evidence, leaked, handles);
}

}  // namespace

size_t IpamVerdict::RootCauses() const {
  return static_cast<size_t>(
      std::count_if(findings.begin(), findings.end(), [](const auto& open) { return open.sure && !open.cause; }));
}

absl::string_view ToString(IpamOutcome outcome) {
  switch (outcome) {
    case IpamOutcome::kClean:
      return "clean";
    case IpamOutcome::kFindings:
      return "findings";
    case IpamOutcome::kUnsure:
      return "unsure";
    case IpamOutcome::kCannotJudge:
      break;
  }
  return "cannot_judge";
}

IpamOutcome IpamReport::outcome() const {
  bool unsure = false, unknown = false;
  for (const IpamVerdict& verdict : verdicts) {
    if (verdict.RootCauses() != 0 && verdict.check->severity != Severity::kInfo) return IpamOutcome::kFindings;
    for (const OpenIpamFinding& open : verdict.findings) unsure |= !open.sure;
    for (const IpamDoubt& doubt : verdict.doubts) (doubt.passes ? unsure : unknown) = true;
    unknown |= verdict.lacks_something();
  }
  for (const EvidenceReading& reading : evidence) {
    unknown |= !reading.status.ok() && !absl::IsNotFound(reading.status);
    unknown |= reading.kind == "blocks" && !reading.status.ok();
    unknown |= reading.stale != 0 && reading.stale == reading.rows;
  }
  if (unsure) return IpamOutcome::kUnsure;
  return unknown ? IpamOutcome::kCannotJudge : IpamOutcome::kClean;
}

absl::Status IpamReport::Read(absl::string_view kind) const {
  for (const EvidenceReading& reading : evidence)
    if (reading.kind == kind) return reading.status;
  return absl::NotFoundError("nobody gave it");
}

IpamReport JudgeIpam(const ClusterRecords& records, absl::Time now, IpamState& state) {
  IpamEvidence evidence(records, now);
  evidence.pool_use = FollowPools(records, now, state.pools);
  IpamReport report{
      .at = now, .evidence = ReadingsOf(evidence), .verdicts = {}, .pools = evidence.pool_use, .releases = {}};
  report.recorded = evidence.recorded.all().size();
  report.counts = CountRecords(evidence);
  Findings seen;
  for (const IpamCheck& check : AllIpamChecks())
    report.verdicts.push_back(JudgeBy(check, evidence, state.findings, seen));
  state.findings = std::move(seen);
  FindCauses(report.verdicts);
  report.releases = SafeReleases(evidence, report.verdicts);
  return report;
}

}  // namespace caliwatch
