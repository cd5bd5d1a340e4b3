// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/model/ipam.h"

namespace caliwatch {

// One thing that is wrong with the records, as one check sees it.
struct IpamFinding {
  std::string subject;  // unique within its check: "10.48.40.129", "n3", "10.48.98.0/26"
  std::string detail;   // what is wrong with it
  // What to type, in this order; beside the check's remedy.
  std::vector<std::string> commands = {};
  std::string node = {};                  // that it concerns, or empty
  std::vector<std::string> related = {};  // what else it is about, as others' subjects: by these, effects find causes
  // Of what was judged: when it changes, it is another thing, and looks begin anew.
  std::string version = {};
  std::optional<absl::Time> known_since = {};  // where the records themselves say so
  std::optional<IpAddress> address = {};       // that is leaked: it may be released when the finding counts
};

// Things that could be wrong, and nobody can say so.
struct IpamDoubt {
  std::string why;
  size_t count = 0;
  std::vector<std::string> subjects = {};  // of kMostIpamFindings at most
  bool passes = false;                     // by itself, within minutes
};
// A cluster whose records are lost has one for each pod: of a check, no more than these are made.
inline constexpr size_t kMostIpamFindings = 10'000;

// What a check says of one look.
class IpamJudgement {
 public:
  IpamJudgement() = default;
  // Not OK: what it needs could not be read, so that silence would mean nothing. NotFound: nobody gave it, and the
  // check does not apply.
  explicit IpamJudgement(absl::Status why_not) : unread(std::move(why_not)) {}

  void Find(IpamFinding finding);
  void Doubt(absl::string_view why, std::string subject, bool passes = false);

  absl::Status unread;
  std::vector<IpamFinding> findings;
  size_t unlisted = 0;  // beyond those
  std::vector<IpamDoubt> doubts;
};

}  // namespace caliwatch
