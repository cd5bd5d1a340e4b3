// SPDX-License-Identifier: Apache-2.0
#pragma once

// Findings, and checks that cannot judge, in the words that the terminal and the status page share. Texts hold whatever
// the node said, as those of words.h.

#include <string>
#include <vector>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/view/summary.h"

namespace caliwatch {

// Findings of one group that are told one by one. Of more, the first is told, and the others are named or folded away.
inline constexpr size_t kFindingsAtOnce = 5;
size_t ToldAtOnce(const FindingGroup& group);

// Whom a finding is about, and what is the matter: "Pod default/web-1 (192.168.5.1) is cut off: no route leads to it".
std::string HeadlineText(const CauseWithEffects& found);
// The same over a group: "Pod default/web-1 (192.168.5.1, fd00::1) is cut off", "Interface cali1, like 29 others, is
// left over"; of a check that says nothing of whom, what it says and how often.
std::string HeadlineText(const FindingGroup& group);
// Subjects of one check, the first few by name: "10.39.1.12, fd39:1::12 and 28 more". `unlisted` are others.
std::string SubjectsText(const std::vector<absl::string_view>& subjects, size_t unlisted = 0);
// The same of a group, with its age, and what is wrong with the first of them.
std::string FindingText(const FindingGroup& group, absl::Time now);
// What to type about those of a group that are told one by one, each line once.
std::vector<Command> CommandsOf(const FindingGroup& group);
// Where a command is to be typed: "on this node, as root", "on the node of 10.39.1.12, as root", "with kubectl,
// anywhere".
std::string PlaceText(const Command& command);

// "10.39.1.14, for 18 s", with what is wrong with it.
std::string FindingText(const CauseWithEffects& found, absl::Time now);
// "Follows from it: …"; empty when nothing does.
std::string EffectsText(const CauseWithEffects& found);
// "and 5,900 more of this check"; empty where all are listed.
std::string UnlistedText(const FindingGroup& group);

// Checks that cannot judge, by the reason that they give, the one with the most of them first.
struct WaitingChecks {
  absl::string_view why;
  std::vector<absl::string_view> checks;  // by name
};
std::vector<WaitingChecks> WaitingByReason(const Summary& summary);
// "8 checks wait: BIRD is silent".
std::string WaitingText(const WaitingChecks& waiting);

}  // namespace caliwatch
