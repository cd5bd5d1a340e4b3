// SPDX-License-Identifier: Apache-2.0
#pragma once

// When to ask which other node. However many there are, a bounded number is asked in a minute, each in its turn.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <absl/time/time.h>

#include "lib/model/node_probe.h"

namespace caliwatch {

struct ProbePace {
  int a_minute = 32;                            // nodes, at most
  absl::Duration again = absl::Seconds(30);     // at the earliest, of one that is reached in every way
  absl::Duration in_doubt = absl::Seconds(15);  // of one that is reached in one way and not in another
  absl::Duration at_most = absl::Minutes(5);    // the wait doubles up to this for one that does not answer
  absl::Duration told = absl::Minutes(2);       // for so long the other end's doubt counts
};

// Knows only the times that it is given, of one clock that never goes back.
class ProbeSchedule {
 public:
  // `seed`: who comes first among those that nobody has asked, so that not all agents begin with the same node.
  explicit ProbeSchedule(uint64_t seed, ProbePace pace = {}) : seed_(seed), pace_(pace) {}

  // Those that stay keep their turn.
  void Replace(const std::vector<ProbeTarget>& targets);
  // Whom to ask now; nobody while none is due, or enough were asked. Those in doubt get every second turn at most, so
  // that a node that reaches many badly goes on to ask the others.
  std::optional<ProbeTarget> Next(absl::Duration now);
  // That it was asked. Who is not asked any more is passed over.
  void Done(const NodeProbe& round, absl::Duration now);
  // The node of this address doubts the way between both. It may be a lie: nobody is asked for it who is no target, nor
  // more often than others in doubt.
  void Doubt(const IpAddress& node, absl::Duration now);

  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    ProbeTarget target;
    absl::Duration due = {};  // zero: never asked
    bool in_doubt = false;
    int unanswered = 0;  // rounds in a row
    absl::Duration told_until = {};
    uint64_t order = 0;
  };

  bool IsWanted(const Entry& entry, absl::Duration now) const;
  Entry* FirstDue(bool in_doubt, absl::Duration now);

  const uint64_t seed_;
  const ProbePace pace_;
  std::map<IpAddress, Entry> entries_;
  absl::Duration next_turn_ = {};
  bool last_was_in_doubt_ = false;
};

// One of its addresses answers and another does not, or large packets get lost.
bool IsInDoubt(const NodeProbe& round);

}  // namespace caliwatch
