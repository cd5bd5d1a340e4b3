// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/finding.h"

#include <utility>

namespace caliwatch {

void IpamJudgement::Find(IpamFinding finding) {
  if (findings.size() < kMostIpamFindings)
    findings.push_back(std::move(finding));
  else
    ++unlisted;
}

void IpamJudgement::Doubt(absl::string_view why, std::string subject, bool passes) {
  constexpr size_t kMostReasons = 100;
  auto doubt = doubts.begin();
  while (doubt != doubts.end() && doubt->why != why) ++doubt;
  if (doubt == doubts.end() && doubts.size() == kMostReasons) doubt = std::prev(doubts.end());
  if (doubt == doubts.end()) doubt = doubts.insert(doubts.end(), {.why = std::string(why), .passes = passes});
  ++doubt->count;
  doubt->passes = doubt->passes && passes;
  if (doubt->subjects.size() < kMostIpamFindings) doubt->subjects.push_back(std::move(subject));
}

}  // namespace caliwatch
