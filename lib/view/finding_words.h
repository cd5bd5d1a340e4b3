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

// Findings of one group that are told one by one; the others are counted, or folded away.
inline constexpr size_t kFindingsAtOnce = 5;

// Whom a finding is about, and what is the matter: "Pod default/web-1 (192.168.5.1) is cut off: no route leads to it".
std::string HeadlineText(const CauseWithEffects& found);
// The same over a group: of several findings, what their check says, and how many they are.
std::string HeadlineText(const FindingGroup& group);
// What to type about the first kFindingsAtOnce of a group, each line once.
std::vector<Command> CommandsOf(const FindingGroup& group);
// Before a command: "on the node of 10.39.1.12"; empty: here.
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
