// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "agent/cluster/live_sources.h"
#include "agent/config/agent_list.h"
#include "agent/exit_code.h"

namespace caliwatch {

struct IpamServing {
  LiveSettings sources;
  absl::Duration interval = absl::Seconds(30);
  std::vector<std::string> listen_addresses = {":10181"};  // as ListenAddress takes them
  std::vector<std::string> allowed_hosts = {};             // names by which browsers may call the server
  std::optional<AgentList> nodes = {};                     // whose agents are held against each other, too
};

// Looks at a cluster's IPAM and serves what it finds until a signal ends it. What keeps it from starting is one line at
// stderr.
ExitCode RunIpam(const IpamServing& serving);

}  // namespace caliwatch
