// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <absl/strings/string_view.h>

#include "lib/cluster/evidence.h"
#include "lib/cluster/finding.h"

namespace caliwatch {

// What the agents of n1, n2 … tell on which nothing is wrong: 10.39.1.11, .12 …, VXLAN with the tunnel addresses
// 192.168.11.0, .12.0 …, a block of 64 addresses each with the first pod at .5, and a full mesh of BGP for two hours.
// Tests start here and break one thing.
std::vector<AskedAgent> HealthyCluster(int nodes = 4);

// The session of a node (from 0) with another one; those of a node's own row do not exist.
ToldSession& SessionOf(std::vector<AskedAgent>& cluster, size_t node, size_t with);
// Down for so long, as its node tells.
void TakeDown(ToldSession& session, absl::Duration lasted = absl::Minutes(10));
// The agent does not answer.
void Silence(AskedAgent& agent);

// What one check finds.
std::vector<ClusterFinding> FindingsBy(absl::string_view check, const std::vector<AskedAgent>& cluster);
// The same as "subject: detail".
std::vector<std::string> FoundBy(absl::string_view check, const std::vector<AskedAgent>& cluster);

}  // namespace caliwatch
