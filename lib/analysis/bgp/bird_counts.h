// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "lib/model/bird_view.h"

namespace caliwatch {

struct BirdCounts {
  uint64_t reconfigurations = 0;
  uint64_t config_errors = 0;
  std::map<PeerKind, uint64_t> flaps = {};  // of all peers together, also of those that BIRD no longer has

  bool operator==(const BirdCounts&) const = default;
};

// Counts how often BIRD took over a configuration, or refused one. Its log reports each; without it, a poll shows one
// at most, and no refused one.
class BirdCounter {
 public:
  void Follow(const BirdView& seen, const BirdJournal& journal, BirdCounts& counts);

 private:
  std::optional<BootTime> reconfigured_;  // last, as BIRD says
};

}  // namespace caliwatch
