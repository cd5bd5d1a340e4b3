// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the nodes themselves have, from the agents that run there. An agent may be slow, wrong or not what it says it
// is: that costs what is known of its own node, and takes away nothing that another one says.

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "agent/cluster/transfers.h"
#include "agent/config/agent_list.h"
#include "agent/nodes/agent_addresses.h"
#include "lib/model/ipam.h"

namespace caliwatch {

// Looks the names up, which takes as long as this machine's resolver does. What cannot be found is told in `problems`.
std::vector<AgentAddress> AgentAddressesOf(const AgentList& list, const ClusterTable<ClusterNode>& nodes,
                                           std::vector<std::string>& problems);

class AgentReader {
 public:
  static constexpr size_t kAtOnce = 32, kMostAgents = 10'000;
  static constexpr size_t kMostBytes = 4 << 20;   // of one answer: 20,000 rows
  static constexpr size_t kMostRows = 1'000'000;  // of all of them
  static constexpr absl::Duration kConnectWithin = absl::Seconds(2), kAnswerWithin = absl::Seconds(5);
  // An agent whose last poll is older looks at its node no more.
  static constexpr absl::Duration kOldestLook = absl::Minutes(1);

  explicit AgentReader(Transfers& transfers) : transfers_(transfers) {}

  // Asks all of them once, and puts what they say in the place of the table's rows; who has not answered `within` is
  // unknown. Each agent's error is its node's, or, where that is unknown, that of a row with its address for a name.
  void Read(const std::vector<AgentAddress>& agents, absl::Duration within, ClusterTable<NodeReport>& reports);

 private:
  Transfers& transfers_;
};

// The report that one agent's answer makes, whatever it is; `asked` is when.
NodeReport ReportOf(const AgentAddress& agent, const absl::StatusOr<HttpReply>& reply, absl::Time asked);
// Adds a report. Where there is one of that node already, both count for what is there, and neither for what is not.
void AddReport(NodeReport report, ClusterTable<NodeReport>& reports);

}  // namespace caliwatch
