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

const std::string& WhoOf(const OpenFinding& open) { return open.finding.who.empty() ? open.subject : open.finding.who; }

// Whom several findings are about, each once: what differs in its brackets alone is one, as a pod's addresses of both
// families are.
struct Who {
  std::string name;  // "Pod default/web-1"
  std::vector<std::string> brackets = {};

  std::string Text() const {
    return brackets.empty() ? name : absl::StrCat(name, " (", absl::StrJoin(brackets, ", "), ")");
  }
};

std::vector<Who> EachOf(const FindingGroup& group) {
  std::vector<Who> all;
  for (const CauseWithEffects* found : group.findings) {
    std::pair<std::string, absl::string_view> parts = absl::StrSplit(WhoOf(*found->open), absl::MaxSplits(" (", 1));
    const bool bracketed = absl::EndsWith(parts.second, ")");
    if (!bracketed) parts.first = WhoOf(*found->open);
    auto known = std::find_if(all.begin(), all.end(), [&](const Who& who) { return who.name == parts.first; });
    if (known == all.end()) known = all.insert(all.end(), {parts.first});
    if (bracketed) known->brackets.emplace_back(absl::StripSuffix(parts.second, ")"));
  }
  return all;
}

// Of "BGP peer fd39:1::12" behind "BGP peer 10.39.1.12": "fd39:1::12".
absl::string_view NameBehind(absl::string_view first, absl::string_view other) {
  size_t shared = 0;
  for (size_t i = 0; i < std::min(first.size(), other.size()) && first[i] == other[i]; ++i)
    if (first[i] == ' ') shared = i + 1;
  return other.substr(shared);
}

// ", as well as fd39:1::12,", ", like 29 others,"; empty: there is but one. What follows stays in the singular.
std::string LikeText(const std::vector<Who>& all, size_t unlisted) {
  const size_t others = all.size() - 1 + unlisted;
  if (others == 0) return "";
  if (others > 2 || unlisted != 0)
    return absl::StrCat(", like ", WithCommas(others), others == 1 ? " other," : " others,");
  std::vector<absl::string_view> names;
  for (size_t i = 1; i < all.size(); ++i) names.push_back(NameBehind(all[0].name, all[i].name));
  return absl::StrCat(", as well as ", absl::StrJoin(names, " and "), ",");
}

std::string ForHowLong(absl::Duration age) { return age < kWorthTelling ? "" : absl::StrCat(", for ", AgeText(age)); }

}  // namespace

size_t ToldAtOnce(const FindingGroup& group) {
  return group.findings.size() <= kFindingsAtOnce ? group.findings.size() : 1;
}

std::string HeadlineText(const CauseWithEffects& found) {
  const std::string& who = WhoOf(*found.open);
  return found.check->says.empty() ? absl::StrCat(who, ": ", found.check->summary)
                                   : absl::StrCat(who, " ", found.check->says);
}

std::string HeadlineText(const FindingGroup& group) {
  const size_t count = group.findings.size() + group.unlisted;
  if (count == 1) return HeadlineText(*group.findings.front());
  if (group.check->says.empty()) return absl::StrCat(WithCommas(count), " times: ", group.check->summary);
  const std::vector<Who> all = EachOf(group);
  return absl::StrCat(all.front().Text(), LikeText(all, group.unlisted), " ", group.check->says);
}

std::string SubjectsText(const std::vector<absl::string_view>& subjects, size_t unlisted) {
  constexpr size_t kNamed = 3;
  const size_t all = subjects.size() + unlisted, named = std::min(subjects.size(), kNamed);
  const std::string names =
      absl::StrJoin(subjects.begin(), subjects.begin() + static_cast<std::ptrdiff_t>(named), ", ");
  return all == named ? names : absl::StrCat(names, " and ", WithCommas(all - named), " more");
}

std::vector<Command> CommandsOf(const FindingGroup& group) {
  std::vector<Command> commands;
  for (size_t i = 0; i < ToldAtOnce(group); ++i)
    for (const Command& command : group.findings[i]->open->finding.commands)
      if (std::find(commands.begin(), commands.end(), command) == commands.end()) commands.push_back(command);
  return commands;
}

std::string PlaceText(const Command& command) {
  if (!command.where.empty()) return absl::StrCat("on ", command.where, ", as root");
  for (const absl::string_view tool : {"kubectl", "calicoctl"})
    if (absl::StartsWith(command.line, absl::StrCat(tool, " "))) return absl::StrCat("with ", tool, ", anywhere");
  return "on this node, as root";
}

std::string FindingText(const CauseWithEffects& found, absl::Time now) {
  return absl::StrCat(found.open->subject, ForHowLong(now - found.open->since), ": ", found.open->finding.detail);
}

std::string FindingText(const FindingGroup& group, absl::Time now) {
  std::vector<absl::string_view> subjects;
  for (const CauseWithEffects* found : group.findings) subjects.push_back(found->open->subject);
  return absl::StrCat(SubjectsText(subjects, group.unlisted), ForHowLong(now - group.since()), ": ",
                      group.findings.front()->open->finding.detail);
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
