// SPDX-License-Identifier: Apache-2.0
#include "lib/view/summary.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_join.h>

namespace caliwatch {
namespace {

using Id = std::pair<absl::string_view, absl::string_view>;  // check and subject

std::vector<CauseWithEffects> CausesIn(const Report& report) {
  std::vector<CauseWithEffects> causes;
  absl::flat_hash_map<Id, std::vector<CauseWithEffects>> effects;
  for (const Verdict& verdict : report.verdicts)
    for (const OpenFinding& open : verdict.findings) {
      if (open.cause)
        effects[{open.cause->check, open.cause->subject}].push_back({verdict.check, &open});
      else
        causes.push_back({verdict.check, &open});
    }
  for (CauseWithEffects& cause : causes)
    if (const auto found = effects.find({cause.check->name, cause.open->subject}); found != effects.end())
      cause.effects = std::move(found->second);
  std::stable_sort(causes.begin(), causes.end(), [](const CauseWithEffects& a, const CauseWithEffects& b) {
    return a.check->severity < b.check->severity;
  });
  return causes;
}

std::vector<FindingGroup> GroupsOf(const std::vector<CauseWithEffects>& causes) {
  std::vector<FindingGroup> groups;
  std::map<std::pair<absl::string_view, absl::string_view>, size_t> places;
  for (const CauseWithEffects& cause : causes) {
    const auto [place, is_new] = places.try_emplace({cause.check->name, cause.remedy()}, groups.size());
    if (is_new) groups.push_back({cause.check, {}, cause.remedy(), {}});
    FindingGroup& group = groups[place->second];
    group.findings.push_back(&cause);
    if (std::find(group.impacts.begin(), group.impacts.end(), cause.impact()) == group.impacts.end())
      group.impacts.push_back(cause.impact());
  }
  return groups;
}

void TellUnlisted(const Report& report, Summary& summary) {
  absl::flat_hash_map<const CheckInfo*, size_t> last;  // group of each check
  for (size_t i = 0; i < summary.groups.size(); ++i) last[summary.groups[i].check] = i;
  for (const Verdict& verdict : report.verdicts) {
    if (const auto group = last.find(verdict.check); group != last.end())
      summary.groups[group->second].unlisted = verdict.unlisted_causes;
  }
}

void CountGroups(Summary& summary) {
  for (const FindingGroup& group : summary.groups) {
    ++(group.check->severity == Severity::kInfo ? summary.notes : summary.problems);
    summary.critical += group.check->severity == Severity::kCritical;
  }
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

size_t CauseWithEffects::unlisted_effects() const { return open->effects - std::min(open->effects, effects.size()); }

absl::string_view CauseWithEffects::impact() const {
  return open->finding.impact.empty() ? check->impact : absl::string_view(open->finding.impact);
}

absl::string_view CauseWithEffects::remedy() const {
  return open->finding.remedy.empty() ? check->remedy : absl::string_view(open->finding.remedy);
}

std::string FindingGroup::impact() const { return absl::StrJoin(impacts, " "); }

absl::Time FindingGroup::since() const {
  absl::Time first = absl::InfiniteFuture();
  for (const CauseWithEffects* found : findings) first = std::min(first, found->open->since);
  return first;
}

Summary Summarize(const Report& report) {
  Summary summary;
  summary.causes = CausesIn(report);
  summary.groups = GroupsOf(summary.causes);
  TellUnlisted(report, summary);
  CountGroups(summary);
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
