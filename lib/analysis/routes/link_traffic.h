// SPDX-License-Identifier: Apache-2.0
#pragma once

// What passes through the links that lead to other nodes: Calico's tunnels, and the uplinks that routes to other nodes
// and the default routes use.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/model/journal.h"
#include "lib/model/kernel_tables.h"

namespace caliwatch {

struct LinkTraffic {
  std::string name;
  LinkRole role = LinkRole::kHost;
  LinkStats total;
  // Packets a second since the poll before; absent at the first poll that sees the link.
  std::optional<double> received_per_second = {}, sent_per_second = {};
  // For how long nothing has come in while something was sent; zero unless that is so.
  absl::Duration unanswered = {};
  uint64_t unanswered_packets = 0;  // sent meanwhile
  // For how long each poll has found more packets that could not be sent: errors, and no way to the other end.
  absl::Duration failing = {};
};

// Follows them from poll to poll.
class TrafficHistory {
 public:
  // By interface; empty while links, routes or counters cannot be read.
  const std::vector<LinkTraffic>& Follow(const KernelTables& seen, BootTime now);

  const std::vector<LinkTraffic>& now() const { return now_; }

 private:
  struct Past {
    std::string name;
    LinkStats stats;
    BootTime at;
    absl::Duration unanswered = {};
    uint64_t unanswered_packets = 0;
    absl::Duration failing = {};
  };
  LinkTraffic FollowLink(const Link& link, const LinkStats& stats, BootTime now);

  std::map<int, Past> before_;  // by the link's index
  std::vector<LinkTraffic> now_;
};

}  // namespace caliwatch
