// SPDX-License-Identifier: Apache-2.0
#include <cstddef>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "lib/decode/kernel_attributes.h"
#include "lib/decode/kernel_messages.h"

namespace caliwatch {

absl::Status AppendRow(const nlmsghdr& message, std::vector<LinkStats>& stats) {
  if (message.nlmsg_type != RTM_NEWSTATS) return absl::OkStatus();
  AttributeReader read("RTM_NEWSTATS", message);
  const auto* header = read.Header<if_stats_msg>();
  if (header == nullptr) return read.status();
  bool counted = false;
  LinkStats row{.link = static_cast<int>(header->ifindex)};
  while (const nlattr* attribute = read.Next()) {
    if (TypeOf(attribute) != IFLA_STATS_LINK_64) continue;
    const auto counters = AttributeReader::GrowingValue<rtnl_link_stats64>(attribute);
    row.received_packets = counters.rx_packets;
    row.sent_packets = counters.tx_packets;
    row.received_bytes = counters.rx_bytes;
    row.sent_bytes = counters.tx_bytes;
    row.receive_errors = counters.rx_errors;
    row.send_errors = counters.tx_errors;
    row.receive_drops = counters.rx_dropped;
    row.send_drops = counters.tx_dropped;
    row.carrier_errors = counters.tx_carrier_errors;
    // The last field taken; all kernels have it, and those before it.
    read.Require(static_cast<size_t>(SizeOf(attribute)) >= offsetof(rtnl_link_stats64, tx_fifo_errors),
                 "IFLA_STATS_LINK_64 is too short");
    counted = true;
  }
  read.Require(counted, "it has no IFLA_STATS_LINK_64");
  if (read.ok()) stats.push_back(row);
  return read.status();
}

}  // namespace caliwatch
