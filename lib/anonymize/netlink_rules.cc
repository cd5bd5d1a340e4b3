// SPDX-License-Identifier: Apache-2.0
#include "lib/anonymize/netlink_rules.h"

#include <algorithm>
#include <array>

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <linux/inet_diag.h>
#include <linux/neighbour.h>
#include <linux/net_namespace.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

namespace caliwatch {
namespace {

using enum Treatment;

AttributeRules Numbers(std::initializer_list<int> types) {
  AttributeRules rules;
  for (const int type : types) rules.push_back({static_cast<uint16_t>(type), kNumber});
  return rules;
}

AttributeRules operator+(AttributeRules some, const AttributeRules& more) {
  some.insert(some.end(), more.begin(), more.end());
  return some;
}

const AttributeRules& VxlanData() {
  static const AttributeRules rules = Numbers({IFLA_VXLAN_ID,
                                               IFLA_VXLAN_LINK,
                                               IFLA_VXLAN_TTL,
                                               IFLA_VXLAN_TOS,
                                               IFLA_VXLAN_LEARNING,
                                               IFLA_VXLAN_AGEING,
                                               IFLA_VXLAN_LIMIT,
                                               IFLA_VXLAN_PORT_RANGE,
                                               IFLA_VXLAN_PROXY,
                                               IFLA_VXLAN_RSC,
                                               IFLA_VXLAN_L2MISS,
                                               IFLA_VXLAN_L3MISS,
                                               IFLA_VXLAN_PORT,
                                               IFLA_VXLAN_UDP_CSUM,
                                               IFLA_VXLAN_UDP_ZERO_CSUM6_TX,
                                               IFLA_VXLAN_UDP_ZERO_CSUM6_RX,
                                               IFLA_VXLAN_GBP,
                                               IFLA_VXLAN_COLLECT_METADATA,
                                               IFLA_VXLAN_LABEL,
                                               IFLA_VXLAN_GPE,
                                               IFLA_VXLAN_TTL_INHERIT,
                                               IFLA_VXLAN_DF}) +
                                      AttributeRules{{IFLA_VXLAN_GROUP, kAddress},
                                                     {IFLA_VXLAN_LOCAL, kAddress},
                                                     {IFLA_VXLAN_GROUP6, kAddress},
                                                     {IFLA_VXLAN_LOCAL6, kAddress}};
  return rules;
}

const AttributeRules& TunnelData() {
  static const AttributeRules rules =
      Numbers({IFLA_IPTUN_LINK, IFLA_IPTUN_TTL, IFLA_IPTUN_TOS, IFLA_IPTUN_FLAGS, IFLA_IPTUN_PROTO, IFLA_IPTUN_PMTUDISC,
               IFLA_IPTUN_COLLECT_METADATA, IFLA_IPTUN_FWMARK}) +
      AttributeRules{{IFLA_IPTUN_LOCAL, kAddress}, {IFLA_IPTUN_REMOTE, kAddress}};
  return rules;
}

const AttributeRules& LinkInfo() {
  static const AttributeRules rules = {
      {IFLA_INFO_KIND, kLinkKind}, {IFLA_INFO_DATA, kLinkData}, {IFLA_INFO_SLAVE_KIND, kWord}};
  return rules;
}

const AttributeRules& Inet6() {
  static const AttributeRules rules =
      Numbers({IFLA_INET6_FLAGS, IFLA_INET6_CONF, IFLA_INET6_CACHEINFO, IFLA_INET6_ADDR_GEN_MODE});
  return rules;
}

const AttributeRules& AddressFamilies() {
  static const AttributeRules inet = Numbers({IFLA_INET_CONF});
  static const AttributeRules rules = {{AF_INET, kNest, &inet}, {AF_INET6, kNest, &Inet6()}};
  return rules;
}

const AttributeRules& OfLinks() {
  static const AttributeRules rules =
      Numbers({IFLA_MTU,         IFLA_MIN_MTU,         IFLA_MAX_MTU,          IFLA_LINK,
               IFLA_MASTER,      IFLA_TXQLEN,          IFLA_OPERSTATE,        IFLA_LINKMODE,
               IFLA_GROUP,       IFLA_PROMISCUITY,     IFLA_NUM_TX_QUEUES,    IFLA_NUM_RX_QUEUES,
               IFLA_CARRIER,     IFLA_CARRIER_CHANGES, IFLA_CARRIER_UP_COUNT, IFLA_CARRIER_DOWN_COUNT,
               IFLA_PROTO_DOWN,  IFLA_LINK_NETNSID,    IFLA_NEW_IFINDEX,      IFLA_GSO_MAX_SIZE,
               IFLA_GSO_MAX_SEGS}) +
      AttributeRules{{IFLA_IFNAME, kName},
                     {IFLA_QDISC, kWord},
                     {IFLA_ADDRESS, kHardware},
                     {IFLA_BROADCAST, kHardware},
                     {IFLA_LINKINFO, kNest, &LinkInfo()},
                     {IFLA_AF_SPEC, kNest, &AddressFamilies()}};
  return rules;
}

const AttributeRules& OfAddresses() {
  static const AttributeRules rules =
      Numbers({IFA_FLAGS, IFA_CACHEINFO, IFA_RT_PRIORITY}) +
      AttributeRules{{IFA_ADDRESS, kAddress}, {IFA_LOCAL, kAddress},     {IFA_BROADCAST, kAddress},
                     {IFA_ANYCAST, kAddress}, {IFA_MULTICAST, kAddress}, {IFA_LABEL, kName}};
  return rules;
}

const AttributeRules& OfRoutes() {
  static const AttributeRules metrics = Numbers({RTAX_LOCK, RTAX_MTU, RTAX_WINDOW, RTAX_RTT, RTAX_RTTVAR, RTAX_SSTHRESH,
                                                 RTAX_CWND, RTAX_ADVMSS, RTAX_REORDERING, RTAX_HOPLIMIT, RTAX_INITCWND,
                                                 RTAX_FEATURES, RTAX_RTO_MIN, RTAX_INITRWND, RTAX_QUICKACK});
  static const AttributeRules path = Numbers({RTA_FLOW}) + AttributeRules{{RTA_GATEWAY, kAddress}, {RTA_VIA, kVia}};
  static const AttributeRules rules =
      Numbers({RTA_IIF, RTA_OIF, RTA_PRIORITY, RTA_FLOW, RTA_CACHEINFO, RTA_TABLE, RTA_MARK, RTA_PREF, RTA_EXPIRES,
               RTA_NH_ID, RTA_TTL_PROPAGATE}) +
      AttributeRules{{RTA_DST, kDestination},       {RTA_SRC, kSource}, {RTA_GATEWAY, kAddress},
                     {RTA_PREFSRC, kAddress},       {RTA_VIA, kVia},    {RTA_METRICS, kNest, &metrics},
                     {RTA_MULTIPATH, kPaths, &path}};
  return rules;
}

const AttributeRules& OfNeighbors() {
  static const AttributeRules rules =
      Numbers({NDA_CACHEINFO, NDA_PROBES, NDA_VLAN, NDA_PORT, NDA_VNI, NDA_IFINDEX, NDA_MASTER, NDA_LINK_NETNSID,
               NDA_SRC_VNI, NDA_PROTOCOL, NDA_NH_ID, NDA_FLAGS_EXT}) +
      AttributeRules{{NDA_DST, kAddress}, {NDA_LLADDR, kHardware}};
  return rules;
}

const AttributeRules& OfNeighborTables() {
  static const AttributeRules rules =
      Numbers({NDTA_THRESH1, NDTA_THRESH2, NDTA_THRESH3, NDTA_CONFIG, NDTA_STATS, NDTA_GC_INTERVAL}) +
      AttributeRules{{NDTA_NAME, kWord}};
  return rules;
}

const AttributeRules& OfNetconf() {
  static const AttributeRules rules =
      Numbers({NETCONFA_IFINDEX, NETCONFA_FORWARDING, NETCONFA_RP_FILTER, NETCONFA_MC_FORWARDING, NETCONFA_PROXY_NEIGH,
               NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN, NETCONFA_INPUT, NETCONFA_BC_FORWARDING});
  return rules;
}

const AttributeRules& OfPolicyRules() {
  static const AttributeRules rules =
      Numbers({FRA_GOTO, FRA_PRIORITY, FRA_FWMARK, FRA_FLOW, FRA_TUN_ID, FRA_SUPPRESS_IFGROUP, FRA_SUPPRESS_PREFIXLEN,
               FRA_TABLE, FRA_FWMASK, FRA_L3MDEV, FRA_PROTOCOL, FRA_IP_PROTO, FRA_SPORT_RANGE, FRA_DPORT_RANGE}) +
      AttributeRules{{FRA_DST, kDestination}, {FRA_SRC, kSource}, {FRA_IIFNAME, kName}, {FRA_OIFNAME, kName}};
  return rules;
}

const AttributeRules& OfLinkStats() {
  static const AttributeRules rules = Numbers({IFLA_STATS_LINK_64});
  return rules;
}

const AttributeRules& OfSockets() {
  static const AttributeRules rules = Numbers(
      {INET_DIAG_INFO, INET_DIAG_MEMINFO, INET_DIAG_SKMEMINFO, INET_DIAG_TOS, INET_DIAG_TCLASS, INET_DIAG_SHUTDOWN});
  return rules;
}

const AttributeRules& OfNamespaces() {
  static const AttributeRules rules = Numbers({NETNSA_NSID});
  return rules;
}

const AttributeRules& OfErrors() {
  static const AttributeRules rules = {{NLMSGERR_ATTR_MSG, kSentence}};
  return rules;
}

}  // namespace

const AttributeRules* LinkDataRules(absl::string_view kind) {
  if (kind == "vxlan") return &VxlanData();
  return kind == "ipip" || kind == "sit" || kind == "ip6tnl" ? &TunnelData() : nullptr;
}

const MessageRule* FindMessageRule(KernelTable table, uint16_t type) {
  static const MessageRule sockets = {TCPDIAG_GETSOCK, sizeof(inet_diag_msg), &OfSockets()};
  static const std::array<MessageRule, 10> rules = {{
      {RTM_NEWLINK, sizeof(ifinfomsg), &OfLinks()},
      {RTM_NEWADDR, sizeof(ifaddrmsg), &OfAddresses()},
      {RTM_NEWROUTE, sizeof(rtmsg), &OfRoutes()},
      {RTM_NEWNEIGH, sizeof(ndmsg), &OfNeighbors()},
      {RTM_NEWNEIGHTBL, sizeof(ndtmsg), &OfNeighborTables()},
      {RTM_NEWNETCONF, sizeof(netconfmsg), &OfNetconf()},
      {RTM_NEWRULE, sizeof(fib_rule_hdr), &OfPolicyRules()},
      {RTM_NEWSTATS, sizeof(if_stats_msg), &OfLinkStats()},
      {RTM_NEWNSID, sizeof(rtgenmsg), &OfNamespaces()},
      {NLMSG_ERROR, sizeof(nlmsgerr), &OfErrors()},
  }};
  if (table == KernelTable::kBgpSockets)
    return type == sockets.type || type == SOCK_DIAG_BY_FAMILY ? &sockets : nullptr;
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const MessageRule& rule) { return rule.type == type; });
  return found == rules.end() ? nullptr : &*found;
}

}  // namespace caliwatch
