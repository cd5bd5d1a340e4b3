// SPDX-License-Identifier: Apache-2.0
#include "lib/cluster/standing.h"

#include <algorithm>

#include <absl/strings/strip.h>

namespace caliwatch {

absl::flat_hash_map<IpAddress, Standing> StandingsOf(const ClusterEvidence& evidence) {
  absl::flat_hash_map<IpAddress, Standing> standings;
  for (const Member& member : evidence.members())
    for (const ToldSession& session : member.told->sessions) {
      if (!session.peer || session.kind == "local_workload") continue;
      Standing& standing = standings[*session.peer];
      if (session.up) ++standing.up;
      if (session.up || session.lasted.value_or(absl::ZeroDuration()) < kSettled) continue;
      if (standing.down.empty()) standing.protocol = session.protocol;
      standing.down.push_back(member.name);  // members are ordered by name
      standing.longest = std::max(standing.longest, *session.lasted);
    }
  return standings;
}

std::optional<IpAddress> HostOf(absl::string_view agent) {
  absl::string_view host = agent.substr(0, agent.rfind(':'));
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  const absl::StatusOr<IpAddress> address = IpAddress::Parse(host);
  return address.ok() ? std::optional(*address) : std::nullopt;
}

}  // namespace caliwatch
