// SPDX-License-Identifier: Apache-2.0
#pragma once

// Neighbor entries that fail or change their MAC between two polls, which no poll sees.

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include <absl/strings/string_view.h>

#include "lib/model/journal.h"
#include "lib/model/link_index.h"

namespace caliwatch {

enum class NeighborChange : uint8_t { kFailed, kMacChanged, kRemoved };
inline constexpr std::array<NeighborChange, 3> kNeighborChanges = {NeighborChange::kFailed, NeighborChange::kMacChanged,
                                                                   NeighborChange::kRemoved};
absl::string_view ToString(NeighborChange change);  // "failed", "mac_changed", "removed"

using NeighborChangeCounts = std::map<std::tuple<Family, LinkRole, NeighborChange>, uint64_t>;

struct RestlessNeighbor {
  IpAddress address;
  int link = 0;
  int failures = 0, mac_changes = 0;  // within NeighborChurn::kWindow, each at most NeighborChurn::kMostTimes
  BootTime last;                      // when either happened last
};

class NeighborChurn {
 public:
  static constexpr absl::Duration kWindow = absl::Minutes(10);
  static constexpr size_t kMostTimes = 100;

  // Takes the events since the poll before into account, and counts them. `links` of this poll.
  void Follow(const Journal& journal, BootTime now, const LinkIndex& links, NeighborChangeCounts& counts);

  // Those that failed or changed their MAC within kWindow, by address.
  std::vector<RestlessNeighbor> Restless() const;

 private:
  struct Past {
    std::optional<MacAddress> mac = {};  // the last one that was told
    uint16_t state = 0;                  // NUD_*
    std::vector<BootTime> failures = {}, mac_changes = {};
    BootTime heard = {};
  };
  static std::vector<NeighborChange> Take(const NeighborEvent& event, Past& past);
  void Forget(BootTime now);

  std::map<std::pair<IpAddress, int>, Past> neighbors_;  // of which something was heard within kWindow
};

}  // namespace caliwatch
