// SPDX-License-Identifier: Apache-2.0
#pragma once

// What an agent answers another node's: a few lines, and a filling up to the size that was asked for.
//
//   caliwatch probe 1
//   node node2
//   tunnel 192.168.166.0
//   asks-others
//   damaged 17                      (as of ArrivalCounts; to who asks for it)
//   received vxlan.calico 4711
//
//   xxxxxxxx…

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include "lib/model/node_probe.h"
#include "lib/model/prefix.h"

namespace caliwatch {

struct ProbeAnswer {
  static constexpr size_t kMostTunnels = 8;

  std::string node = {};                         // as Calico calls it; empty: unknown
  std::vector<IpAddress> tunnel_addresses = {};  // at most kMostTunnels
  bool asks_others = false;
  std::optional<ArrivalCounts> arrivals = {};  // of kMostTunnels at most; absent: it does not say

  bool operator==(const ProbeAnswer&) const = default;
};

// At least `bytes` long.
std::string ProbeAnswerText(const ProbeAnswer& answer, size_t bytes);

// Of a whole answer of HTTP with no less than `bytes` of body. InvalidArgument: it is none, or is cut short; what it
// says of itself is a stranger's word, and lines that are not known are passed over.
absl::StatusOr<ProbeAnswer> ProbeAnswerFrom(absl::string_view http, size_t bytes);

}  // namespace caliwatch
