// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/analysis/evidence/moment.h"
#include "lib/analysis/findings/check.h"
#include "lib/analysis/findings/verdict.h"

namespace caliwatch {

// Open findings, since when; of each check the first kRememberedFindings.
using OpenSince = std::map<FindingId, absl::Time>;
inline constexpr size_t kRememberedFindings = 20;

// Follows findings from poll to poll: one counts only when it has held for as long as its check asks for.
class FindingHistory {
 public:
  // `known`: what Open() said in a process before.
  explicit FindingHistory(const OpenSince& known = {});

  // One verdict for each of `checks`, which outlive it, each finding with its cause. `polls_to_hold`: as
  // Limits::polls_to_hold.
  std::vector<Verdict> JudgeAll(const std::vector<Check>& checks, const Evidence& evidence,
                                std::optional<int> polls_to_hold);

  OpenSince Open() const;
  // The last ones that are over, newest first; what followed from another finding is not among them.
  std::vector<PastFinding> past() const;

 private:
  struct Said {
    size_t remedy;        // a hash: there may be thousands, of some hundred bytes each
    std::string detail;   // the last of these
    absl::Duration time;  // for how long it was of these
  };
  struct Candidate {
    Moment since;
    int polls = 0;  // in a row that saw it; one that cannot judge does not count
    bool held = false;
    bool found = false;  // by the judgement that is under way
    bool known = false;  // to the process before, which saw it hold
    // What was said of it, by what was to be done about it: that tells causes apart, which change while it lasts.
    std::vector<Said> said = {};
    BootTime looked = absl::InfiniteDuration();
    std::optional<FindingId> cause = {};
    BootTime caused_at = -absl::InfiniteDuration();
  };
  using Candidates = std::map<std::string, Candidate>;  // by subject
  struct Past {
    PastFinding finding;
    Moment since, until;
  };

  Verdict Judge(const Check& check, const Evidence& evidence, std::optional<int> polls_to_hold);
  void TellMomentsBy(const Moment& now);
  static Candidates TakeGone(Candidates& candidates);
  static void Note(Candidate& candidate, const Finding& finding, BootTime now);
  static std::string SaidLongest(const Candidate& candidate);
  void Close(const Candidates& gone, const Moment& now, Verdict& verdict);
  // What had a cause keeps it for a moment after that is over.
  void KeepCausesForAWhile(std::vector<Verdict>& verdicts, BootTime now);

  std::map<absl::string_view, Candidates> candidates_;  // by check
  std::deque<Past> past_;
  bool has_looked_ = false;
};

}  // namespace caliwatch
