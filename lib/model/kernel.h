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
#include <absl/time/time.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "lib/model/prefix.h"

namespace caliwatch {

using MacAddress = std::array<uint8_t, 6>;
std::string ToString(const MacAddress& mac);  // "ee:ee:ee:ee:ee:ee"

enum class LinkRole : uint8_t { kWorkload, kTunnel, kHost };
inline constexpr std::array<LinkRole, 3> kLinkRoles = {LinkRole::kWorkload, LinkRole::kTunnel, LinkRole::kHost};
absl::string_view ToString(LinkRole role);  // "workload", "tunnel", "host"

// From the name alone: "cali…" is a workload; tunl0, vxlan.calico, vxlan-v6.calico, wireguard.cali, wg-v6.cali are
// tunnels. Which other links are workloads', AssignRoles() of read/link_roles.h finds out.
LinkRole RoleOf(absl::string_view link_name);

// What a VXLAN device was made with.
struct VxlanSettings {
  uint32_t id = 0;                      // VNI; Calico's is 4096
  std::optional<IpAddress> local = {};  // source of the outer packets; absent: the kernel chooses
  int parent = 0;                       // index of the link it was bound to; 0 none. Unicast leaves by the outer route
  uint16_t port = 0;                    // UDP, of the other ends
  bool learning = false;
  bool flow_based = false;  // its packets bring all of that themselves (eBPF): the fields above mean nothing

  bool operator==(const VxlanSettings&) const = default;
};

struct Link {
  int index = 0;
  std::string name;  // any bytes but '/' and white space: not always UTF-8
  std::string kind;  // IFLA_INFO_KIND: "veth", "vxlan", "ipip", "wireguard", "bridge"; empty for hardware and lo
  LinkRole role = LinkRole::kHost;
  bool up = false;       // IFF_UP: an administrator switched it on
  bool running = false;  // IFF_RUNNING: it can send; Felix keeps the files of such interfaces only
  bool carrier = false;  // IFLA_CARRIER: something answers at the other end
  uint32_t mtu = 0;      // bytes
  int master = 0;        // index of the bridge or bond it is a port of; 0 none
  std::optional<MacAddress> mac;
  std::optional<int>
      peer_netns_id;  // IFLA_LINK_NETNSID: id, in our namespace, of the one that holds a veth's other end
  std::optional<VxlanSettings> vxlan = {};
  // IFLA_INET6_CONF; absent where the link has no IPv6.
  std::optional<int> ipv6_forwarding = {};
  std::optional<int> accept_ra = {};  // 1: router advertisements are accepted unless it forwards; 2: even then

  bool IsWorkload() const { return role == LinkRole::kWorkload; }
  bool operator==(const Link&) const = default;
};

// Time that is left. It runs down by itself, so that it makes no difference between a row and the same row later.
struct Lifetime {
  static constexpr uint32_t kForever = 0xffffffff;
  uint32_t seconds = kForever;

  bool IsForever() const { return seconds == kForever; }
  bool operator==(const Lifetime&) const { return true; }
};

struct Address {
  IpAddress address;
  uint8_t prefix_length = 0;
  uint8_t scope = RT_SCOPE_UNIVERSE;
  uint32_t flags = 0;  // IFA_F_*
  int link = 0;
  Lifetime valid = {};
  Lifetime preferred = {};  // 0: no new connection takes it as its source

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
  uint16_t mtu = 0;                   // bytes, RTAX_MTU, which the kernel keeps below 65,521; 0: that of the link
  Lifetime expires = {};              // of what a router advertised

  Family family() const { return destination.address.family; }
  // What the kernel distinguishes routes by, in the order in which a diff walks them.
  std::strong_ordering CompareKey(const Route& other) const;
  bool operator==(const Route&) const = default;
};

// For how long something has been as it is. It grows by itself, so that it makes no difference between a row and the
// same row later.
struct Age {
  absl::Duration value;

  bool operator==(const Age&) const { return true; }
};

struct Neighbor {
  IpAddress address;
  int link = 0;
  std::optional<MacAddress> mac;
  uint16_t state = 0;  // one NUD_*
  uint8_t flags = 0;   // NTF_*: NTF_ROUTER, NTF_PROXY, NTF_EXT_LEARNED
  // In this state (NDA_CACHEINFO); asking in vain begins it anew every few seconds. Absent: the kernel does not say.
  std::optional<Age> unchanged = {};

  // It answered lately, or is being asked whether it still does.
  bool IsAnswering() const { return (state & (NUD_REACHABLE | NUD_DELAY | NUD_PROBE)) != 0; }
  // The kernel asked, and nobody has answered.
  bool IsUnanswered() const { return (state & (NUD_FAILED | NUD_INCOMPLETE)) != 0; }
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

// A policy rule: which table decides for which packets. Absent or zero: any.
struct Rule {
  Family family = Family::kIpv4;
  uint32_t priority = 0;  // lower ones are asked first; main is at 32766
  uint32_t table = 0;     // RT_TABLE_*
  uint8_t action = 0;     // FR_ACT_*: 1 look the table up
  bool inverted = false;  // for all packets that do not match (WireGuard's of Calico)
  uint32_t mark = 0, mask = 0;
  std::optional<Prefix> from, to;
  std::string input_interface, output_interface;
  uint8_t protocol = 0;                          // RTPROT_*: who made it; 0 before Linux 4.17
  std::optional<uint32_t> shortest_prefix = {};  // routes of that length or less are passed over

  bool operator==(const Rule&) const = default;
};

// What passed through a link since it was made (IFLA_STATS_LINK_64).
struct LinkStats {
  int link = 0;
  uint64_t received_packets = 0, sent_packets = 0;
  uint64_t received_bytes = 0, sent_bytes = 0;
  uint64_t receive_errors = 0, send_errors = 0;
  uint64_t receive_drops = 0, send_drops = 0;
  uint64_t carrier_errors = 0;  // of sending: a tunnel counts packets here for which it found no way

  bool operator==(const LinkStats&) const = default;
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
