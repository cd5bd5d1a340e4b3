// SPDX-License-Identifier: Apache-2.0
#include "lib/model/kernel.h"

#include <algorithm>
#include <tuple>

#include <absl/strings/match.h>

namespace caliwatch {

std::string ToString(const MacAddress& mac) {
  constexpr absl::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : mac) {
    if (!text.empty()) text += ':';
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0xf];
  }
  return text;
}

absl::string_view ToString(LinkRole role) {
  switch (role) {
    case LinkRole::kWorkload:
      return "workload";
    case LinkRole::kTunnel:
      return "tunnel";
    case LinkRole::kHost:
      return "host";
  }
  return "host";
}

LinkRole RoleOf(absl::string_view link_name) {
  constexpr absl::string_view kTunnels[] = {"tunl0", "vxlan.calico", "vxlan-v6.calico", "wireguard.cali", "wg-v6.cali"};
  if (std::find(std::begin(kTunnels), std::end(kTunnels), link_name) != std::end(kTunnels)) return LinkRole::kTunnel;
  return absl::StartsWith(link_name, "cali") ? LinkRole::kWorkload : LinkRole::kHost;
}

std::strong_ordering Route::CompareKey(const Route& other) const {
  const auto key = [](const Route& route) {
    // Longer prefixes first, as the kernel dumps IPv4, so that a dump arrives sorted. IPv6 holds the same destination
    // and metric once per interface (fe80::/64): there the interface is part of the key.
    return std::tuple(route.family(), route.table, route.destination.address, -route.destination.length, route.tos,
                      route.metric, route.family() == Family::kIpv6 ? route.link : 0, route.hop);
  };
  return key(*this) <=> key(other);
}

bool Neighbor::IsUsable() const {
  constexpr uint16_t kUsable = NUD_PERMANENT | NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE;
  return (state & kUsable) != 0 && (flags & NTF_PROXY) == 0;
}

absl::string_view NeighborStateName(uint16_t state) {
  switch (state) {
    case NUD_INCOMPLETE:
      return "incomplete";
    case NUD_REACHABLE:
      return "reachable";
    case NUD_STALE:
      return "stale";
    case NUD_DELAY:
      return "delay";
    case NUD_PROBE:
      return "probe";
    case NUD_FAILED:
      return "failed";
    case NUD_NOARP:
      return "noarp";
    case NUD_PERMANENT:
      return "permanent";
    default:
      return "none";
  }
}

}  // namespace caliwatch
