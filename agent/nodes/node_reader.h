// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the agents of other nodes say of these, by plain HTTP. An agent may be slow, wrong, huge or not what it says it
// is: that costs what is known of its own node, and its share of the time.

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include "lib/cluster/evidence.h"
#include "lib/node/deadline.h"

namespace caliwatch {

// One agent's document, at "10.0.0.1:10179". Unavailable: it is no agent, or none that has such a document. Else as
// HttpGet() and NodeDocumentFrom().
AskedAgent AskAgent(const std::string& address, absl::Duration within);

class NodeReader {
 public:
  static constexpr size_t kAtOnce = 32, kMostAgents = 10'000;
  static constexpr size_t kMostBytes = 4 << 20;   // of one answer
  static constexpr size_t kMostRows = 2'000'000;  // of all of them
  static constexpr absl::Duration kAnswerWithin = absl::Seconds(3);

  // Asks each once, in the order given; who has not answered `within` is unknown. Lists of workloads are asked for
  // where the document says that they have changed since the last time.
  std::vector<AskedAgent> Read(const std::vector<std::string>& agents, absl::Duration within);

 private:
  struct Workloads {
    std::string digest;
    std::vector<HeldAddress> held;
    absl::Time read_at;
  };

  void AskForWorkloads(AskedAgent& agent, absl::Duration within) const;
  AskedAgent AskFor(const std::string& address, const Deadline& deadline) const;
  void Remember(const std::vector<AskedAgent>& asked);

  std::map<std::string, Workloads> workloads_;  // by the agent's address
};

}  // namespace caliwatch
