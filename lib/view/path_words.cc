// SPDX-License-Identifier: Apache-2.0
#include "lib/view/path_words.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include "lib/view/finding_words.h"
#include "lib/view/words.h"

namespace caliwatch {
namespace {

// The worst that a check found of the hop that is the answer, unless that breaks nothing. Where the hop is bad all the
// same, or nobody can tell whether packets are to pass it at all, it may be why.
const HopFinding* WorstOf(const Hop& hop) {
  if (hop.findings.empty()) return nullptr;
  const HopFinding& worst = hop.findings.front();
  const bool may_be_why = hop.kind == HopKind::kRoute || hop.kind == HopKind::kInterface;
  return worst.effect != HopEffect::kNotes || may_be_why ? &worst : nullptr;
}

std::string CauseText(const HopFinding& found) {
  return absl::StrCat("It follows from: ", HeadlineText(CauseWithEffects{found.cause_check, found.cause}));
}

// What to do about it is told once, where it begins.
CauseWithEffects RootOf(const HopFinding& found) {
  return found.cause != nullptr ? CauseWithEffects{found.cause_check, found.cause}
                                : CauseWithEffects{found.check, found.open};
}

std::string ReasonText(const Hop& hop) {
  const HopFinding* worst = WorstOf(hop);
  const std::string found = worst != nullptr ? HeadlineText(CauseWithEffects{worst->check, worst->open}) : "";
  if (worst != nullptr && worst->effect != HopEffect::kNotes) return found;
  return absl::StrCat(hop.what, hop.why.empty() ? "" : ": ", hop.why, found.empty() ? "" : "; it may be that ", found);
}

absl::string_view Beginning(HopVerdict verdict) {
  switch (verdict) {
    case HopVerdict::kWrong:
      return "It breaks ";
    case HopVerdict::kLimited:
      return "Some packets are lost ";
    default:
      return "It cannot be told ";
  }
}

}  // namespace

std::string EndText(const PathEnd& end) {
  std::vector<std::string> known;
  std::string text = end.name;
  std::string details = end.name == end.address.ToString() ? "" : end.address.ToString();
  const auto add = [&](absl::string_view more) { absl::StrAppend(&details, details.empty() ? "" : ", ", more); };
  if (end.place == EndPlace::kPod && end.interface.empty()) add("of a block of this node");
  if (end.place == EndPlace::kPod && !end.interface.empty())
    add(absl::StrCat(end.owner.empty() ? "a workload" : end.owner, " at ", end.interface));
  if (end.place == EndPlace::kNode) add("this node");
  return details.empty() ? text : absl::StrCat(text, " (", details, ")");
}

std::string KindText(HopKind kind) { return absl::StrReplaceAll(ToString(kind), {{"_", " "}}); }

std::string HopText(const Hop& hop) {
  if (!hop.age || *hop.age < kWorthTelling) return hop.what;
  return absl::StrCat(hop.what, ", for ", AgeText(*hop.age));
}

std::vector<std::string> WhyTexts(const Hop& hop, absl::Time now) {
  std::vector<std::string> texts;
  for (const HopFinding& found : hop.findings) {
    texts.push_back(absl::StrCat(found.effect == HopEffect::kNotes ? "Note: " : "", found.check->name, " ",
                                 FindingText(CauseWithEffects{found.check, found.open}, now)));
    if (found.cause != nullptr) texts.push_back(CauseText(found));
  }
  // A finding that breaks the path says the same at greater length.
  const bool is_told = !hop.findings.empty() && hop.findings.front().effect == HopEffect::kCuts;
  if (!hop.why.empty() && !is_told) texts.push_back(hop.why);
  return texts;
}

std::string AnswerText(const Path& path) {
  const PathAnswer answer = AnswerOf(path);
  if (answer.hop == nullptr) return "Nothing on it is wrong, as far as this node sees";
  return absl::StrCat(Beginning(answer.verdict), answer.is_back ? "on the way back, " : "", "at the ",
                      KindText(answer.hop->kind), ": ", ReasonText(*answer.hop));
}

std::string RemedyText(const PathAnswer& answer) {
  const HopFinding* worst = answer.hop != nullptr ? WorstOf(*answer.hop) : nullptr;
  if (worst == nullptr) return "";
  return std::string(RootOf(*worst).remedy());
}

std::vector<Command> CommandsOf(const PathAnswer& answer) {
  const HopFinding* worst = answer.hop != nullptr ? WorstOf(*answer.hop) : nullptr;
  return worst != nullptr ? RootOf(*worst).open->finding.commands : std::vector<Command>();
}

}  // namespace caliwatch
