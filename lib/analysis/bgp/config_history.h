// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <absl/time/time.h>

#include "lib/model/bird_view.h"
#include "lib/model/journal.h"

namespace caliwatch {

// Somebody who calls this BIRD again and again, and whom it does not know.
struct UnknownCaller {
  IpAddress address;
  uint32_t calls = 0;
  absl::Duration within;  // from the first of them until the last

  bool operator==(const UnknownCaller&) const = default;
};

// Signs that a BIRD's configuration is not what it should be.
struct ConfigSigns {
  std::optional<std::string> refused;  // the last one was: what BIRD said of it
  std::vector<UnknownCaller> callers;  // by address
  size_t lost_peers = 0;               // how many it had until one reconfiguration took them all, and gave it none

  bool operator==(const ConfigSigns&) const = default;
};

// Follows one BIRD's configuration from poll to poll. All but `lost_peers` comes from its log.
class ConfigHistory {
 public:
  // Takes one poll into account.
  void Follow(const BirdView& seen, const BirdJournal& journal);

  // Callers that have called twice, half a minute apart at least, the last time within a minute and a half, and that
  // are no peers now. Of peers lost, two at least: one that goes may be the last other node.
  ConfigSigns Signs() const;

 private:
  struct Calls {
    BootTime first, last = {};
    uint32_t count = 0;
  };
  void FollowLog(const BirdJournal& journal);
  void FollowPeers(const BirdView& seen);

  std::optional<std::string> refused_;
  std::map<IpAddress, Calls> callers_;
  size_t peers_ = 0, lost_peers_ = 0;
};

}  // namespace caliwatch
