// SPDX-License-Identifier: Apache-2.0
#pragma once

// Routes that led through tunl0 and now lead past it: BIRD writes them so, without a word, when it finds no tunl0 at
// that moment.

#include <map>
#include <set>

#include "lib/analysis/routes/route_diff.h"
#include "lib/model/journal.h"
#include "lib/model/kernel_tables.h"

namespace caliwatch {

class TunnelExits {
 public:
  // One difference between two polls. `through_tunnel`: the route leads through tunl0, removed ones did.
  void Take(RouteChange change, const Route& route, bool through_tunnel, BootTime now);

  // Destinations whose route by BIRD is bare now.
  const std::set<Prefix>& bare() const { return bare_; }

 private:
  void Remember(const Prefix& destination, BootTime now);

  std::map<Prefix, BootTime> left_;  // the tunnel, and when
  std::set<Prefix> bare_;
};

// The index of tunl0; 0: there is none.
int IndexOfTunl0(const std::vector<Link>& links);

}  // namespace caliwatch
