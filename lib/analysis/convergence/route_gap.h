// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "lib/model/journal.h"
#include "lib/model/prefix.h"

namespace caliwatch {

// For how long the kernel lacked routes that were expected: the data plane's side of a restart.
struct RouteGap {
  absl::Duration longest;      // of one prefix
  absl::Duration prefix_time;  // of all, added up

  bool operator==(const RouteGap&) const = default;
};

// Follows expected prefixes as they go and come back.
struct RouteGaps {
  std::map<Prefix, BootTime> open;        // missing now: since when
  std::set<Prefix> returned_unannounced;  // of those: in the kernel again, but nobody has reported when they came back
  RouteGap closed;                        // of those that came back
  std::optional<BootTime> last_return;    // of any prefix that was gone, if for a moment

  // A new account: what came back so far is forgotten, what is missing goes on.
  void Begin();
  // Does nothing to a prefix that is missing already.
  void MarkMissing(const Prefix& prefix, BootTime at) { open.try_emplace(prefix, at); }
  // Those that a poll misses, at the cost of one walk along all that is open. None is there without anybody's word.
  void MarkMissing(const std::vector<Prefix>& sorted, BootTime at);
  void MarkPresent(const Prefix& prefix, BootTime at);
  // It is not due, or never was gone: what it lacked does not count.
  void Forget(const Prefix& prefix);
  void Forget(const std::vector<Prefix>& sorted);  // by one walk
  RouteGap At(BootTime now) const;                 // what is missing still counts up to `now`

  bool operator==(const RouteGaps&) const = default;
};

}  // namespace caliwatch
