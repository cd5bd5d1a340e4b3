// SPDX-License-Identifier: Apache-2.0
#pragma once

// What is known of a check beside its judgement: documentation, metrics and command line take all they say about it
// from here.

#include <vector>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

namespace caliwatch {

// kCritical: traffic is lost now. kWarning: it will be, or may be. kInfo: worth knowing.
enum class Severity { kCritical, kWarning, kInfo };
absl::string_view ToString(Severity severity);  // "critical", "warning", "info"

// What ties an effect to its cause. kSameThing: both are about one peer, address, prefix or interface, at least.
// kSameFamily: the cause concerns all of its address family.
enum class Tie { kSameThing, kSameFamily };

// A check whose findings may explain another check's.
struct Cause {
  absl::string_view check;
  Tie tie = Tie::kSameThing;
};

struct CheckInfo {
  absl::string_view name;
  Severity severity = Severity::kWarning;
  absl::string_view summary;  // one sentence: what a finding says
  absl::string_view impact;   // one sentence: what it breaks
  absl::string_view meaning;  // how it comes about, and what is judged
  absl::string_view remedy;   // what to do
  int polls_to_hold = 2;      // a finding counts once this many polls in a row have seen it, and for no less than
  absl::Duration time_to_hold = absl::ZeroDuration();
  std::vector<Cause> causes = {};  // what explains its findings; the first that applies wins
  // What a finding says of whom it is about, behind the name: "is cut off: this node has no route to it".
  absl::string_view says = "";
};

// Ordered by name; they live as long as the program.
std::vector<const CheckInfo*> AllCheckInfos();

}  // namespace caliwatch
