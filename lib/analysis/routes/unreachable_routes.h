// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/model/bird.h"
#include "lib/model/bird_view.h"

namespace caliwatch {

// Why BIRD finds no way to the next hop of a route.
enum class NoNextHop : uint8_t {
  kLearnedItself,  // the best way there has come by BGP as well, and BIRD does not resolve one such route by another
  kForgotten,      // it is on a network of this node's own that BIRD knows no more
  kNoRoute,        // BIRD has no route to it at all
  kUnknown,        // BIRD's table was not read, or does not tell
};

// A route that BIRD has, and that leads nowhere: packets are answered "unreachable".
struct UnreachableRoute {
  Prefix destination;
  std::string protocol;                     // BIRD's, that it came by; empty: not known
  std::optional<IpAddress> announcer = {};  // as a rule its next hop; absent: not known
  NoNextHop why = NoNextHop::kUnknown;
  std::optional<Prefix> network = {};          // kLearnedItself, kForgotten: which holds the announcer
  std::optional<IpAddress> network_from = {};  // kLearnedItself: the peer that announces it

  bool operator==(const UnreachableRoute&) const = default;
};

// What BIRD has written into the kernel as unreachable, and the like in `table`, by destination; null where BIRD's
// table is not known. `seen` has the kernel's routes.
std::vector<UnreachableRoute> UnreachableRoutes(const BirdView& seen, const std::vector<BirdRoute>* table);

}  // namespace caliwatch
