// SPDX-License-Identifier: Apache-2.0
#include "lib/view/ipam_words.h"

#include <algorithm>
#include <cmath>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "lib/view/words.h"

namespace caliwatch {
namespace {

constexpr size_t kExamples = 5;  // of a doubt

}  // namespace

std::string Times(size_t count, absl::string_view one) {
  return absl::StrCat(count, " ", one, count == 1 ? "" : absl::EndsWith(one, "s") ? "es" : "s");
}

std::string HeadlineText(const IpamReport& report, absl::string_view next) {
  size_t causes = 0, critical = 0;
  for (const IpamVerdict& verdict : report.verdicts) {
    causes += verdict.RootCauses();
    if (verdict.check->severity == Severity::kCritical) critical += verdict.RootCauses();
  }
  switch (report.outcome()) {
    case IpamOutcome::kFindings:
      return absl::StrCat(Times(causes, "finding"), critical == 0 ? "" : absl::StrCat(", ", critical, " critical"));
    case IpamOutcome::kUnsure:
      return absl::StrCat("not yet sure: ", next);
    case IpamOutcome::kCannotJudge:
      return "cannot judge all of it";
    case IpamOutcome::kClean:
      break;
  }
  return "records, pods and nodes agree";
}

std::vector<const OpenIpamFinding*> ChosenFindings(const IpamVerdict& verdict, bool sure) {
  std::vector<const OpenIpamFinding*> chosen;
  for (const OpenIpamFinding& open : verdict.findings)
    if (open.sure == sure && !open.cause) chosen.push_back(&open);
  return chosen;
}

std::vector<const IpamVerdict*> VerdictsByImportance(const IpamReport& report) {
  std::vector<const IpamVerdict*> ordered;
  for (const Severity severity : {Severity::kCritical, Severity::kWarning, Severity::kInfo})
    for (const IpamVerdict& verdict : report.verdicts)
      if (verdict.check->severity == severity && verdict.RootCauses() != 0) ordered.push_back(&verdict);
  return ordered;
}

std::string FindingText(const OpenIpamFinding& open, absl::Time now) {
  return absl::StrCat(open.finding.subject, ": ", open.finding.detail, " (for ", AgeText(now - open.since),
                      open.effects == 0 ? "" : absl::StrCat("; explains ", open.effects, " more"), ")");
}

std::string DoubtText(const IpamVerdict& verdict, const IpamDoubt& doubt) {
  const auto shown = static_cast<std::ptrdiff_t>(std::min(doubt.subjects.size(), kExamples));
  return absl::StrCat(verdict.check->name, ": ", doubt.count, ", since ", doubt.why, ": ",
                      absl::StrJoin(doubt.subjects.begin(), doubt.subjects.begin() + shown, ", "),
                      doubt.count > static_cast<size_t>(shown) ? " …" : "");
}

std::string StateText(const EvidenceReading& reading) {
  if (absl::IsNotFound(reading.status)) return "not given";
  if (!reading.status.ok() || reading.stale == 0) return std::string(reading.status.message());
  return absl::StrCat(reading.stale, " too old to count: read more than 10 minutes before the rest");
}

std::string ReadAtText(const EvidenceReading& reading) {
  if (reading.read_at == absl::InfinitePast()) return "never";
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", reading.read_at, absl::UTCTimeZone());
}

std::vector<std::string> PoolCells(const PoolUse& use) {
  const bool countable = use.addresses < 1e9;
  return {use.pool,
          use.cidr.ToString(),
          absl::StrCat(use.used),
          countable ? absl::StrCat(std::llround(std::max(0.0, use.free()))) : "plenty",
          absl::StrCat(use.taken_blocks),
          use.per_day ? absl::StrCat(std::llround(*use.per_day), " a day") : "",
          use.full_in ? AgeText(*use.full_in) : "",
          use.gives ? "" : "gives none"};
}

}  // namespace caliwatch
