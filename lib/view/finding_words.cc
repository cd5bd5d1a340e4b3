// SPDX-License-Identifier: Apache-2.0
#include "lib/view/finding_words.h"

#include <algorithm>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include "lib/view/words.h"

namespace caliwatch {
namespace {

constexpr size_t kEffects = 5;  // named of each finding

// "5,900".
std::string WithCommas(size_t number) {
  std::string digits = absl::StrCat(number);
  for (size_t i = digits.size(); i > 3;) digits.insert(i -= 3, ",");
  return digits;
}

// "Pod default/web-1 (192.168.5.1, fd00::1)", "BIRD (IPv4, IPv6)": of what differs in its brackets alone. Else empty.
std::string SharedName(const FindingGroup& group) {
  std::string name, differing;
  for (const CauseWithEffects* found : group.findings) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(found->open->finding.who, absl::MaxSplits(" (", 1));
    if (!absl::EndsWith(parts.second, ")") || (!name.empty() && name != parts.first)) return "";
    name = std::string(parts.first);
    absl::StrAppend(&differing, differing.empty() ? "" : ", ", absl::StripSuffix(parts.second, ")"));
  }
  return group.check->says.empty() ? "" : absl::StrCat(name, " (", differing, ")");
}

}  // namespace

std::string HeadlineText(const CauseWithEffects& found) {
  const std::string& who = found.open->finding.who.empty() ? found.open->subject : found.open->finding.who;
  return found.check->says.empty() ? absl::StrCat(who, ": ", found.check->summary)
                                   : absl::StrCat(who, " ", found.check->says);
}

std::string HeadlineText(const FindingGroup& group) {
  const size_t count = group.findings.size() + group.unlisted;
  if (count == 1) return HeadlineText(*group.findings.front());
  if (const std::string who = SharedName(group); !who.empty() && count <= kFindingsAtOnce)
    return absl::StrCat(who, " ", group.check->says);
  return absl::StrCat(WithCommas(count), " times: ", group.check->summary);
}

std::vector<Command> CommandsOf(const FindingGroup& group) {
  std::vector<Command> commands;
  for (size_t i = 0; i < std::min(group.findings.size(), kFindingsAtOnce); ++i)
    for (const Command& command : group.findings[i]->open->finding.commands)
      if (std::find(commands.begin(), commands.end(), command) == commands.end()) commands.push_back(command);
  return commands;
}

std::string PlaceText(const Command& command) {
  return command.where.empty() ? "" : absl::StrCat("on ", command.where);
}

std::string FindingText(const CauseWithEffects& found, absl::Time now) {
  const absl::Duration age = now - found.open->since;
  return absl::StrCat(found.open->subject, age < kWorthTelling ? "" : absl::StrCat(", for ", AgeText(age)), ": ",
                      found.open->finding.detail);
}

std::string EffectsText(const CauseWithEffects& found) {
  if (found.effects.empty() && found.unlisted_effects() == 0) return "";
  std::vector<std::string> effects;
  for (const CauseWithEffects& effect : found.effects)
    if (effects.size() < kEffects) effects.push_back(absl::StrCat(effect.check->name, " ", effect.open->subject));
  const size_t left_out = found.effects.size() + found.unlisted_effects() - effects.size();
  if (effects.empty()) return absl::StrCat("Follows from it: ", left_out, " findings");
  return absl::StrCat("Follows from it: ", absl::StrJoin(effects, ", "),
                      left_out == 0 ? "" : absl::StrCat(" and ", left_out, " more"));
}

std::string UnlistedText(const FindingGroup& group) {
  if (group.unlisted == 0) return "";
  return absl::StrCat("and ", WithCommas(group.unlisted), " more of this check");
}

std::vector<WaitingChecks> WaitingByReason(const Summary& summary) {
  std::vector<WaitingChecks> reasons;
  for (const Verdict* verdict : summary.unjudged) {
    const absl::string_view why = verdict->judged.message();
    const auto same = [&](const WaitingChecks& waiting) { return waiting.why == why; };
    auto known = std::find_if(reasons.begin(), reasons.end(), same);
    if (known == reasons.end()) known = reasons.insert(reasons.end(), {why, {}});
    known->checks.push_back(verdict->check->name);
  }
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const WaitingChecks& a, const WaitingChecks& b) { return a.checks.size() > b.checks.size(); });
  return reasons;
}

std::string WaitingText(const WaitingChecks& waiting) {
  const size_t count = waiting.checks.size();
  return absl::StrCat(count, count == 1 ? " check waits: " : " checks wait: ", waiting.why);
}

}  // namespace caliwatch
