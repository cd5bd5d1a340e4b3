// SPDX-License-Identifier: Apache-2.0
#pragma once

// Rows of the kernel's tables. Numbers that the kernel defines (route protocol, scope, neighbor state) keep its values,
// so that a reader can look them up in linux/rtnetlink.h and linux/neighbour.h.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include <absl/strings/string_view.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "lib/model/prefix.h"

namespace caliwatch {

using MacAddress = std::array<uint8_t, 6>;
std::string ToString(const MacAddress& mac);  // "ee:ee:ee:ee:ee:ee"

enum class LinkRole : uint8_t { kWorkload, kTunnel, kHost };
absl::string_view ToString(LinkRole role);  // "workload", "tunnel", "host"

// From the name alone: "cali…" is a workload; tunl0, vxlan.calico, vxlan-v6.calico, wireguard.cali, wg-v6.cali are
// tunnels.
LinkRole RoleOf(absl::string_view link_name);

struct Link {
  int index = 0;
  std::string name;  // any bytes but '/' and white space: not always UTF-8
  std::string kind;  // IFLA_INFO_KIND: "veth", "vxlan", "ipip", "bridge"; empty for hardware and lo
  LinkRole role = LinkRole::kHost;
  bool up = false;       // IFF_UP: an administrator switched it on
  bool carrier = false;  // IFLA_CARRIER: something answers at the other end
  uint32_t mtu = 0;      // bytes
  int master = 0;        // index of the bridge or bond it is a port of; 0 none
  std::optional<MacAddress> mac;
  std::optional<int>
      peer_netns_id;  // IFLA_LINK_NETNSID: id, in our namespace, of the one that holds a veth's other end

  bool IsWorkload() const { return role == LinkRole::kWorkload; }
  bool operator==(const Link&) const = default;
};

struct Address {
  IpAddress address;
  uint8_t prefix_length = 0;
  uint8_t scope = RT_SCOPE_UNIVERSE;
  uint32_t flags = 0;  // IFA_F_*
  int link = 0;

  bool operator==(const Address&) const = default;
};

// One next hop of one route: a multipath route gives one row a next hop, distinguished by `hop`.
// Trivially copyable and small: a node may hold 100,000.
struct Route {
  Prefix destination;
  uint32_t table = RT_TABLE_MAIN;
  uint32_t metric = 0;
  int link = 0;             // interface index; 0 for a blackhole
  uint32_t nexthop_id = 0;  // RTA_NH_ID; 0: the next hop is the route's own
  std::optional<IpAddress> gateway;
  uint16_t hop = 0;  // position in a multipath route
  uint8_t tos = 0;
  uint8_t type = RTN_UNICAST;         // RTN_*
  uint8_t protocol = RTPROT_UNSPEC;   // RTPROT_*; 12 BIRD, 80 Felix, 3 "boot" = a workload's route
  uint8_t scope = RT_SCOPE_UNIVERSE;  // RT_SCOPE_*
  uint8_t flags = 0;                  // RTNH_F_*: onlink, linkdown, dead

  Family family() const { return destination.address.family; }
  // What the kernel distinguishes routes by, in the order in which a diff walks them.
  std::strong_ordering CompareKey(const Route& other) const;
  bool operator==(const Route&) const = default;
};

struct Neighbor {
  IpAddress address;
  int link = 0;
  std::optional<MacAddress> mac;
  uint16_t state = 0;  // one NUD_*
  uint8_t flags = 0;   // NTF_*: NTF_ROUTER, NTF_PROXY, NTF_EXT_LEARNED

  // The kernel sends traffic to `mac`, or would after one probe; false for FAILED, INCOMPLETE, NOARP and proxy entries.
  bool IsUsable() const;
  bool operator==(const Neighbor&) const = default;
};

// "reachable", "permanent", …: a neighbor's state as `ip neigh` names it, in lower case.
absl::string_view NeighborStateName(uint16_t state);

// One entry of a bridge's or VXLAN device's forwarding database: traffic to `mac` leaves by `link` towards
// `destination`.
struct FdbEntry {
  MacAddress mac{};
  int link = 0;
  uint16_t state = 0;                    // one NUD_*
  uint8_t flags = 0;                     // NTF_SELF: in the VXLAN device itself
  std::optional<IpAddress> destination;  // the remote tunnel endpoint

  bool operator==(const FdbEntry&) const = default;
};

// Switches of one interface, or of "all" and "default" (link NETCONFA_IFINDEX_ALL, …_DEFAULT). Absent: the kernel does
// not say.
struct NetConf {
  Family family = Family::kIpv4;
  int link = 0;
  std::optional<int> forwarding;
  std::optional<int> rp_filter;
  std::optional<int> proxy_neigh;  // proxy_arp or proxy_ndp

  bool operator==(const NetConf&) const = default;
};

// The garbage collector's limits on the neighbor table of a family; the kernel refuses entries at `limit` (gc_thresh3).
// `entries` counts those of every network namespace of the host, since they share the limits.
struct NeighborLimits {
  Family family = Family::kIpv4;
  uint32_t entries = 0;
  uint32_t soft_limit = 0;  // gc_thresh2
  uint32_t limit = 0;       // gc_thresh3

  bool operator==(const NeighborLimits&) const = default;
};

}  // namespace caliwatch
