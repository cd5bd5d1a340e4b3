// SPDX-License-Identifier: Apache-2.0
#pragma once

// The kernel's tables and how each is asked for; as names they serve recordings, messages and the label `source`.

#include <array>
#include <cstddef>
#include <cstdint>

#include <absl/strings/string_view.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/inet_diag.h>
#include <linux/neighbour.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>

namespace caliwatch {

// kBgpSockets: the answers of sock_diag for TCP sockets with the port of a BGP session at either end: TCPDIAG_GETSOCK,
// in older recordings SOCK_DIAG_BY_FAMILY.
// kPods: for each pod RTM_NEWNSID, which names its namespace, then what its links, routes and neighbors are, or
// NLMSG_ERROR with the reason in words (NLMSGERR_ATTR_MSG) why it could not be looked into.
enum class KernelTable {
  kLinks,
  kAddresses,
  kRoutes,
  kNeighbors,
  kFdb,
  kNetconf,
  kNeighborLimits,
  kRules,
  kLinkStats,
  kBgpSockets,
  kPods
};

// kAtOnce: one dump holds both families. kEachFamily: the kernel has no such dump.
enum class DumpScope { kAtOnce, kBridge, kEachFamily };

struct KernelDump {
  KernelTable table;
  absl::string_view name;
  uint16_t request = 0;  // the message's type; 0: not one request
  // Strict checking wants each kind's own header; all begin with the family, the rest is zeros.
  uint16_t header_bytes = 0;
  DumpScope scope = DumpScope::kAtOnce;
};

inline constexpr KernelDump kKernelDumps[] = {
    {KernelTable::kLinks, "links", RTM_GETLINK, sizeof(ifinfomsg)},
    {KernelTable::kAddresses, "addresses", RTM_GETADDR, sizeof(ifaddrmsg)},
    {KernelTable::kRoutes, "routes", RTM_GETROUTE, sizeof(rtmsg)},
    {KernelTable::kNeighbors, "neighbors", RTM_GETNEIGH, sizeof(ndmsg)},
    {KernelTable::kFdb, "fdb", RTM_GETNEIGH, sizeof(ndmsg), DumpScope::kBridge},
    {KernelTable::kNetconf, "netconf", RTM_GETNETCONF, sizeof(netconfmsg), DumpScope::kEachFamily},
    {KernelTable::kNeighborLimits, "neighbor_limits", RTM_GETNEIGHTBL, sizeof(ndtmsg)},
    {KernelTable::kRules, "rules", RTM_GETRULE, sizeof(fib_rule_hdr)},
    {KernelTable::kLinkStats, "link_stats", RTM_GETSTATS, sizeof(if_stats_msg)},
    // The older of two such requests: the newer, SOCK_DIAG_BY_FAMILY, is for one family, and for each the kernel walks
    // its whole table of connections.
    {KernelTable::kBgpSockets, "bgp_sockets", TCPDIAG_GETSOCK, sizeof(inet_diag_req)},
    {KernelTable::kPods, "pods"},
};

constexpr const KernelDump& DumpOf(KernelTable table) { return kKernelDumps[static_cast<size_t>(table)]; }
constexpr absl::string_view ToString(KernelTable table) { return DumpOf(table).name; }

// Null: no table has that name.
constexpr const KernelDump* FindDump(absl::string_view name) {
  for (const KernelDump& dump : kKernelDumps)
    if (dump.name == name) return &dump;
  return nullptr;
}

// The list stands in the order of the enumerators.
static_assert([] {
  size_t index = 0;
  for (const KernelDump& dump : kKernelDumps)
    if (static_cast<size_t>(dump.table) != index++) return false;
  return true;
}());

}  // namespace caliwatch
