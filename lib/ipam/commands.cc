// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/commands.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/match.h>

namespace caliwatch {

std::vector<std::string> CommandsOf(const IpamReport& report) {
  std::vector<std::string> first, middle, last;
  absl::flat_hash_set<std::string> known;
  for (const IpamVerdict& verdict : report.verdicts)
    for (const OpenIpamFinding& open : verdict.findings) {
      if (!open.sure || open.cause) continue;
      for (const std::string& command : open.finding.commands) {
        if (!known.insert(command).second) continue;
        auto& list = absl::StartsWith(command, "kubectl cordon ")     ? first
                     : absl::StartsWith(command, "kubectl uncordon ") ? last
                                                                      : middle;
        list.push_back(command);
      }
    }
  first.insert(first.end(), middle.begin(), middle.end());
  first.insert(first.end(), last.begin(), last.end());
  return first;
}

}  // namespace caliwatch
