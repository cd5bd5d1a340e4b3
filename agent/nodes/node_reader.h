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

// What reading may cost. These are for a machine that somebody looks from.
struct ReadingLimits {
  size_t at_once = 32, most_agents = 10'000;
  size_t most_bytes = 4 << 20;            // of one answer
  size_t most_rows = 2'000'000;           // of all of them
  double a_second = 0;                    // agents that are begun with; 0: as fast as they answer
  size_t most_with_others = most_agents;  // of more, none is asked which other nodes it knows

  bool is_short(size_t agents) const { return agents > most_with_others; }
};

class NodeReader {
 public:
  static constexpr absl::Duration kAnswerWithin = absl::Seconds(3);

  explicit NodeReader(const ReadingLimits& limits = {}) : limits_(limits) {}

  // Asks each once, in the order given; who has not answered `within`, and what its pace takes, is unknown. Lists of
  // workloads are asked for where the document says that they have changed since the last time.
  std::vector<AskedAgent> Read(const std::vector<std::string>& agents, absl::Duration within);

 private:
  struct Workloads {
    std::string digest;
    std::vector<HeldAddress> held;
    absl::Time read_at;
  };

  void AskForWorkloads(AskedAgent& agent, absl::Duration within) const;
  AskedAgent AskFor(const std::string& address, const char* path, const Deadline& deadline) const;
  void Remember(const std::vector<AskedAgent>& asked);

  const ReadingLimits limits_;
  std::map<std::string, Workloads> workloads_;  // by the agent's address
};

}  // namespace caliwatch
