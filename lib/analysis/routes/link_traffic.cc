// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/link_traffic.h"

#include <utility>

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include "lib/analysis/routes/block_routes.h"

namespace caliwatch {
namespace {

absl::flat_hash_set<int> UplinksIn(const std::vector<Route>& routes) {
  absl::flat_hash_set<int> used;
  int last = 0;  // most routes leave by one link
  for (const Route& route : routes) {
    if (route.link == last || route.table != RT_TABLE_MAIN) continue;
    if (IsRemoteBlock(route) || route.destination.IsDefault()) used.insert(last = route.link);
  }
  return used;
}

double Rate(uint64_t before, uint64_t after, absl::Duration over) {
  return static_cast<double>(after - before) / absl::ToDoubleSeconds(over);
}

uint64_t Unsent(const LinkStats& stats) { return stats.send_errors + stats.carrier_errors; }

// Counters that fell are those of another link.
bool GoesOn(const LinkStats& before, const LinkStats& after) {
  return after.received_packets >= before.received_packets && after.sent_packets >= before.sent_packets &&
         Unsent(after) >= Unsent(before);
}

}  // namespace

LinkTraffic TrafficHistory::FollowLink(const Link& link, const LinkStats& stats, BootTime now) {
  LinkTraffic traffic{link.name, link.role, stats};
  const auto known = before_.find(link.index);
  if (known == before_.end() || known->second.name != link.name || !GoesOn(known->second.stats, stats) ||
      now <= known->second.at)
    return traffic;
  const Past& past = known->second;
  traffic.received_per_second = Rate(past.stats.received_packets, stats.received_packets, now - past.at);
  traffic.sent_per_second = Rate(past.stats.sent_packets, stats.sent_packets, now - past.at);
  const uint64_t sent = stats.sent_packets - past.stats.sent_packets;
  const bool received = stats.received_packets != past.stats.received_packets;
  if (!received && (sent != 0 || past.unanswered > absl::ZeroDuration())) {
    traffic.unanswered = past.unanswered + (now - past.at);
    traffic.unanswered_packets = past.unanswered_packets + sent;
  }
  if (Unsent(stats) != Unsent(past.stats)) traffic.failing = past.failing + (now - past.at);
  return traffic;
}

const std::vector<LinkTraffic>& TrafficHistory::Follow(const KernelTables& seen, BootTime now) {
  now_.clear();
  if (!seen.links.ok() || !seen.routes.ok() || !seen.link_stats.ok()) return now_;
  const absl::flat_hash_set<int> uplinks = UplinksIn(*seen.routes);
  absl::flat_hash_map<int, const LinkStats*> stats;
  for (const LinkStats& row : *seen.link_stats) stats[row.link] = &row;
  std::map<int, Past> after;
  for (const Link& link : *seen.links) {
    const auto row = stats.find(link.index);
    const bool leads_on =
        link.role == LinkRole::kTunnel || (link.role == LinkRole::kHost && uplinks.contains(link.index));
    if (!leads_on || row == stats.end()) continue;
    const LinkTraffic& traffic = now_.emplace_back(FollowLink(link, *row->second, now));
    after[link.index] = {link.name, *row->second, now, traffic.unanswered, traffic.unanswered_packets, traffic.failing};
  }
  before_ = std::move(after);
  return now_;
}

}  // namespace caliwatch
