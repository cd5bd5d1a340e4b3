// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <linux/netconf.h>
#include <linux/rtnetlink.h>

#include "test/support/kernel_decoding.h"

namespace caliwatch {
namespace {

NetlinkMessage NetConfMessage(uint8_t family, int link) {
  NetlinkMessage message(RTM_NEWNETCONF, netconfmsg{family});
  message.Put(NETCONFA_IFINDEX, link);
  return message;
}

TEST_CASE("an interface's switches are read, and those it lacks are absent") {
  NetlinkMessage ipv4 = NetConfMessage(AF_INET, 7);
  ipv4.Put(NETCONFA_FORWARDING, 1).Put(NETCONFA_RP_FILTER, 2).Put(NETCONFA_PROXY_NEIGH, 0);
  CHECK(Decoded<NetConf>(ipv4) == std::vector<NetConf>{{Family::kIpv4, 7, 1, 2, 0}});
  NetlinkMessage ipv6 = NetConfMessage(AF_INET6, 7);
  ipv6.Put(NETCONFA_FORWARDING, 0).Put(NETCONFA_PROXY_NEIGH, 1);
  CHECK(Decoded<NetConf>(ipv6) == std::vector<NetConf>{{Family::kIpv6, 7, 0, std::nullopt, 1}});
}

TEST_CASE("the switches of all interfaces and of new ones have indexes of their own") {
  for (const int link : {NETCONFA_IFINDEX_ALL, NETCONFA_IFINDEX_DEFAULT})
    CHECK(Decoded<NetConf>(NetConfMessage(AF_INET, link))[0].link == link);
}

TEST_CASE("switches of other families, and other messages, are left out") {
  CHECK(Decoded<NetConf>(NetConfMessage(AF_MPLS, 7)).empty());
  CHECK(Decoded<NetConf>(NetlinkMessage(RTM_DELNETCONF, netconfmsg{AF_INET})).empty());
}

TEST_CASE("what is wrong with an interface's switches is named") {
  const std::string message = "RTM_NEWNETCONF: ";
  CHECK(Says(ErrorOf<NetConf>(NetlinkMessage(RTM_NEWNETCONF)), message + "its header has 0 bytes instead of 1"));
  CHECK(Says(ErrorOf<NetConf>(NetlinkMessage(RTM_NEWNETCONF, netconfmsg{AF_INET})), message + "it has no NETCONFA_"));
  for (const auto& [type, name] : {std::pair(NETCONFA_IFINDEX, "NETCONFA_IFINDEX"),
                                   {NETCONFA_FORWARDING, "NETCONFA_FORWARDING"},
                                   {NETCONFA_RP_FILTER, "NETCONFA_RP_FILTER"},
                                   {NETCONFA_PROXY_NEIGH, "NETCONFA_PROXY_NEIGH"}})
    CHECK(Says(ErrorOf<NetConf>(NetConfMessage(AF_INET, 7).PutText(type, "1")),
               message + name + " has 1 bytes instead of 4"));
}

}  // namespace
}  // namespace caliwatch
