// SPDX-License-Identifier: Apache-2.0
#include "lib/view/log/ipam_log.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/string_view.h>

namespace caliwatch {
namespace {

constexpr size_t kFindingsPerCheck = 20;  // the others of one look are counted

// "agents: 3 of 9 nodes …" is the same problem with 4 of them.
std::string WithoutFigures(const std::string& problem) {
  std::string text;
  std::copy_if(problem.begin(), problem.end(), std::back_inserter(text),
               [](char byte) { return !absl::ascii_isdigit(static_cast<unsigned char>(byte)); });
  return text;
}

LogLevel LevelOf(const CheckInfo& check) {
  return check.severity == Severity::kInfo ? LogLevel::kInfo : LogLevel::kWarn;
}

LogRecord FirstRecord(const IpamReport& report) {
  std::vector<std::string> kinds;
  for (const EvidenceReading& reading : report.evidence)
    if (reading.status.ok()) kinds.push_back(absl::StrCat(reading.kind, ":", reading.rows));
  return {LogLevel::kInfo,
          "first look at the cluster",
          {{"recorded_addresses", absl::StrCat(report.recorded)}, {"read", absl::StrJoin(kinds, ",")}}};
}

// How many more there were than were told, if any.
void AddMore(LogLevel level, absl::string_view message, const CheckInfo& check, size_t count,
             std::vector<LogRecord>& records) {
  if (count <= kFindingsPerCheck) return;
  records.push_back({level,
                     absl::StrCat(message, ", and more of this check"),
                     {{"check", std::string(check.name)}, {"more", absl::StrCat(count - kFindingsPerCheck)}}});
}

}  // namespace

std::vector<LogRecord> IpamLog::Follow(const IpamReport& report, const std::vector<std::string>& problems) {
  Records records;
  if (std::exchange(is_first_, false)) records.push_back(FirstRecord(report));
  FollowProblems(problems, records);
  FollowJudgement(report, records);
  for (const IpamVerdict& verdict : report.verdicts) {
    TellBegun(verdict, records);
    TellOver(verdict, records);
  }
  return records;
}

void IpamLog::FollowProblems(const std::vector<std::string>& problems, Records& records) {
  std::map<std::string, std::string> now;
  for (const std::string& problem : problems) {
    const std::string kind = WithoutFigures(problem);
    if (now.emplace(kind, problem).second && problems_.count(kind) == 0)
      records.push_back({LogLevel::kWarn, "a source cannot be asked", {{"error", problem}}});
  }
  for (const auto& [kind, problem] : problems_)
    if (now.count(kind) == 0)
      records.push_back({LogLevel::kInfo, "a source can be asked again", {{"error_was", problem}}});
  problems_ = std::move(now);
}

// One line for all checks that lack the same thing.
void IpamLog::FollowJudgement(const IpamReport& report, Records& records) {
  std::map<std::string, std::vector<std::string>> unable;  // by error
  std::vector<std::string> able;
  for (const IpamVerdict& verdict : report.verdicts) {
    const std::string check(verdict.check->name);
    if (verdict.lacks_something() && unjudged_.insert(check).second)
      unable[std::string(verdict.judged.message())].push_back(check);
    if (!verdict.lacks_something() && unjudged_.erase(check) != 0) able.push_back(check);
  }
  for (const auto& [error, checks] : unable)
    records.push_back(
        {LogLevel::kWarn, "checks cannot judge", {{"checks", absl::StrJoin(checks, ",")}, {"error", error}}});
  if (!able.empty())
    records.push_back({LogLevel::kInfo, "checks can judge again", {{"checks", absl::StrJoin(able, ",")}}});
}

void IpamLog::TellBegun(const IpamVerdict& verdict, Records& records) {
  const CheckInfo& check = *verdict.check;
  size_t begun = 0;
  for (const OpenIpamFinding& open : verdict.findings) {
    if (!open.sure || !findings_.insert({std::string(check.name), open.finding.subject}).second) continue;
    if (++begun > kFindingsPerCheck) continue;
    LogRecord record{LevelOf(check),
                     "finding",
                     {{"check", std::string(check.name)},
                      {"severity", std::string(ToString(check.severity))},
                      {"subject", open.finding.subject},
                      {"detail", open.finding.detail}}};
    if (open.cause)
      record.fields.push_back({"explained_by", absl::StrCat(open.cause->check, " ", open.cause->subject)});
    records.push_back(std::move(record));
  }
  AddMore(LevelOf(check), "finding", check, begun, records);
}

void IpamLog::TellOver(const IpamVerdict& verdict, Records& records) {
  if (!verdict.judged.ok()) return;
  std::set<absl::string_view> seen;  // still there, or in doubt
  for (const OpenIpamFinding& open : verdict.findings) seen.insert(open.finding.subject);
  for (const IpamDoubt& doubt : verdict.doubts) seen.insert(doubt.subjects.begin(), doubt.subjects.end());
  const std::string check(verdict.check->name);
  size_t over = 0;
  for (auto at = findings_.lower_bound({check, ""}); at != findings_.end() && at->check == check;) {
    if (seen.count(at->subject) != 0) {
      ++at;
      continue;
    }
    if (++over <= kFindingsPerCheck)
      records.push_back({LogLevel::kInfo, "finding is over", {{"check", check}, {"subject", at->subject}}});
    at = findings_.erase(at);
  }
  AddMore(LogLevel::kInfo, "finding is over", *verdict.check, over, records);
}

}  // namespace caliwatch
