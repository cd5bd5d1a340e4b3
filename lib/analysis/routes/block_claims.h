// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lib/model/bird_view.h"

namespace caliwatch {

// A destination that more than one node of the mesh announces, this one perhaps among them. The kernel has BIRD's best
// way alone; only BIRD's table knows of the others.
struct BlockClaim {
  Prefix destination;
  std::set<IpAddress> peers;
  bool own = false;  // BIRD has it by itself, too: this node announces it
  // All have it from one node of another AS: between AS numbers nodes pass on what they learned.
  bool passed_on = false;

  bool operator==(const BlockClaim&) const = default;
};

// Of BIRD's table: those with the size of a block. Addresses of services are among them where they have that size.
std::vector<BlockClaim> SharedDestinations(const std::vector<BirdRoute>& table, const std::vector<BgpPeer>& peers);

// Decides when BIRD's table is worth asking for that: a peer announces routes that are not the best, in another number
// than when it was asked last. Services' addresses do that on healthy nodes, so that it is asked once for them.
class BlockClaims {
 public:
  // Takes one poll into account, `answer` being what it brought of BIRD's table.
  void Follow(const BirdView& seen, const Table<BirdRoute>& answer);

  // For the next poll.
  bool ask_bird_routes() const { return ask_; }
  // By the last answer; empty while all that peers announce is used.
  const std::vector<BlockClaim>& shared() const { return shared_; }

 private:
  using Unused = std::vector<std::pair<std::string, int64_t>>;
  static Unused UnusedRoutes(const BirdView& seen);

  bool ask_ = false;
  std::optional<BootTime> asked_;
  std::optional<Unused> asked_for_;  // absent: the last answer was an error
  size_t routes_ = 0;                // that the last answer had
  std::vector<BlockClaim> shared_;
};

}  // namespace caliwatch
