// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lib/ipam/judge.h"
#include "lib/view/log/log_record.h"

namespace caliwatch {

// What to log of looks at IPAM: of each thing that begins or ends one record, none for what stays. A finding that a
// look cannot confirm, since something could not be read, is neither over nor, when it can be read again, new.
class IpamLog {
 public:
  // `problems`: which source could not be asked, a line each.
  std::vector<LogRecord> Follow(const IpamReport& report, const std::vector<std::string>& problems);

 private:
  using Records = std::vector<LogRecord>;

  void FollowProblems(const std::vector<std::string>& problems, Records& records);
  void FollowJudgement(const IpamReport& report, Records& records);
  void TellBegun(const IpamVerdict& verdict, Records& records);
  void TellOver(const IpamVerdict& verdict, Records& records);

  bool is_first_ = true;
  std::map<std::string, std::string> problems_;  // by their words without figures, which change from look to look
  std::set<std::string> unjudged_;               // checks
  std::set<FindingId> findings_;                 // that count
};

}  // namespace caliwatch
