// SPDX-License-Identifier: Apache-2.0
#pragma once

// Looks at a cluster by what the agents of its nodes say, one after the other.

#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "agent/config/agent_list.h"
#include "agent/nodes/node_reader.h"
#include "lib/cluster/judge.h"

namespace caliwatch {

struct LookOptions {
  AgentList agents = {};                     // to ask; none: those that the own agent knows
  std::string own_agent_host = "127.0.0.1";  // of this machine's own
  int own_agent_port = AgentList::kPort;     // and of those that it knows
  bool or_own_agent = false;                 // ask those, too, where no name is found
  ReadingLimits limits = {};
  absl::Duration within = absl::Seconds(30);  // one look, beside looking up names
};

class ClusterLooks {
 public:
  explicit ClusterLooks(LookOptions options);

  // What has been seen in a row counts from the first look of this object. Unavailable: nobody is known to ask.
  absl::StatusOr<ClusterReport> Look();

 private:
  absl::StatusOr<std::vector<std::string>> FindAgents(std::vector<std::string>& problems, bool& are_named) const;
  absl::StatusOr<std::vector<std::string>> FromOwnAgent() const;
  std::vector<std::string> KnownToOthers(const std::vector<AskedAgent>& asked) const;

  const LookOptions options_;
  NodeReader reader_;
  ClusterState state_;
};

}  // namespace caliwatch
