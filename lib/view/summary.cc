// SPDX-License-Identifier: Apache-2.0
#include "lib/view/summary.h"

#include <algorithm>
#include <string>

namespace caliwatch {
namespace {

std::vector<CauseWithEffects> CausesIn(const Report& report) {
  std::vector<CauseWithEffects> causes, effects;
  for (const Verdict& verdict : report.verdicts)
    for (const OpenFinding& open : verdict.findings) (open.cause ? effects : causes).push_back({verdict.check, &open});
  for (CauseWithEffects& cause : causes)
    for (const CauseWithEffects& effect : effects)
      if (effect.open->cause == FindingId{std::string(cause.check->name), cause.open->subject})
        cause.effects.push_back(effect);
  std::stable_sort(causes.begin(), causes.end(), [](const CauseWithEffects& a, const CauseWithEffects& b) {
    return a.check->severity < b.check->severity;
  });
  return causes;
}

std::vector<FindingGroup> GroupsOf(const std::vector<CauseWithEffects>& causes) {
  std::vector<FindingGroup> groups;
  for (const CauseWithEffects& cause : causes) {
    const auto group = std::find_if(groups.begin(), groups.end(), [&](const FindingGroup& other) {
      return other.check == cause.check && other.remedy == cause.remedy() && other.impact == cause.impact();
    });
    const auto place =
        group != groups.end() ? group : groups.insert(group, {cause.check, cause.impact(), cause.remedy(), {}});
    place->findings.push_back(&cause);
  }
  return groups;
}

// As bgp_peer_down gives a BIRD that starts, which is to call all its peers first.
constexpr absl::Duration kStarting = absl::Seconds(10);

bool IsStarting(const Report& report, Family family) {
  const BirdReport& bird = report.birds[family];
  if (!bird.expected || !bird.status.ok() || !bird.is_current()) return false;
  if (bird.status->recovery) return true;
  size_t up = 0, down = 0;
  for (const PeerReport& peer : report.peers) {
    if (peer.family != family || peer.peer.kind == PeerKind::kLocalWorkload) continue;
    up += peer.peer.IsUp();
    down += !peer.peer.IsUp() && !peer.peer.IsDisabled();
  }
  const bool started = bird.status->uptime && *bird.status->uptime < kStarting;
  const bool configured = bird.status->since_reconfiguration && *bird.status->since_reconfiguration < kStarting;
  return down != 0 && (started || (configured && up == 0));
}

Outcome OutcomeOf(const Summary& summary) {
  // By severity, so that the first is the gravest.
  if (!summary.causes.empty() && summary.causes.front().check->severity != Severity::kInfo) return Outcome::kFindings;
  if (!summary.unread.empty() || !summary.unjudged.empty()) return Outcome::kCannotJudge;
  return summary.starting ? Outcome::kStarting : Outcome::kClean;
}

}  // namespace

absl::string_view ToString(Outcome outcome) {
  switch (outcome) {
    case Outcome::kClean:
      return "clean";
    case Outcome::kFindings:
      return "findings";
    case Outcome::kStarting:
      return "starting";
    case Outcome::kCannotJudge:
      break;
  }
  return "cannot_judge";
}

absl::string_view CauseWithEffects::impact() const {
  return open->finding.impact.empty() ? check->impact : absl::string_view(open->finding.impact);
}

absl::string_view CauseWithEffects::remedy() const {
  return open->finding.remedy.empty() ? check->remedy : absl::string_view(open->finding.remedy);
}

Summary Summarize(const Report& report) {
  Summary summary;
  summary.causes = CausesIn(report);
  summary.groups = GroupsOf(summary.causes);
  for (const CauseWithEffects& cause : summary.causes) summary.critical += cause.check->severity == Severity::kCritical;
  for (const SourceStatus& reading : report.sources)
    if (!reading.status.ok()) summary.unread.push_back(&reading);
  for (const Verdict& verdict : report.verdicts)
    if (verdict.lacks_something()) summary.unjudged.push_back(&verdict);
  for (const BirdReport& bird : report.birds) summary.restarting |= bird.convergence.elapsed != absl::ZeroDuration();
  for (const Family family : kFamilies) summary.starting |= IsStarting(report, family);
  summary.outcome = OutcomeOf(summary);
  return summary;
}

}  // namespace caliwatch
