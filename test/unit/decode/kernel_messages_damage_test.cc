// SPDX-License-Identifier: Apache-2.0
// Messages that were cut short or altered: a decoder names what is wrong, or reads what is there, and never looks
// beyond the end. Each is decoded from a piece of memory of its own, of exactly its size, so that a sanitizer sees it
// look.

#include <array>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/net_namespace.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>

#include "test/support/kernel_decoding.h"

namespace caliwatch {
namespace {

std::vector<NetlinkMessage> Samples() {
  const uint8_t path[] = {16, 0, 0, 0, 2, 0, 0, 0, 8, 0, RTA_GATEWAY, 0, 10, 39, 1, 2};
  std::vector<NetlinkMessage> samples;
  samples.emplace_back(RTM_NEWLINK, ifinfomsg{})
      .PutText(IFLA_IFNAME, "cali12ab34cd56e")
      .Put(IFLA_MTU, 1500)
      .Put(IFLA_CARRIER, uint8_t{1})
      .Put(IFLA_ADDRESS, MacAddress{})
      .Put(IFLA_LINK_NETNSID, 1)
      .PutNest(IFLA_LINKINFO, NetlinkMessage().PutText(IFLA_INFO_KIND, "veth"));
  samples.emplace_back(RTM_NEWLINK, ifinfomsg{})
      .PutText(IFLA_IFNAME, "vxlan.calico")
      .PutNest(IFLA_AF_SPEC,
               NetlinkMessage().PutNest(AF_INET6, NetlinkMessage().Put(IFLA_INET6_CONF, std::array<int, 60>{})))
      .PutNest(IFLA_LINKINFO, NetlinkMessage()
                                  .PutText(IFLA_INFO_KIND, "vxlan")
                                  .PutNest(IFLA_INFO_DATA, NetlinkMessage().Put(IFLA_VXLAN_ID, 4096)));
  samples.emplace_back(RTM_NEWADDR, ifaddrmsg{AF_INET, 24, 0, 0, 2})
      .PutAddress(IFA_LOCAL, "10.39.1.231")
      .PutAddress(IFA_ADDRESS, "10.39.1.231")
      .Put(IFA_FLAGS, 0x80)
      .Put(IFA_CACHEINFO, ifa_cacheinfo{100, 200, 0, 0});
  samples.emplace_back(RTM_NEWROUTE, rtmsg{AF_INET, 26, 0, 0, RT_TABLE_MAIN, 12, 0, RTN_UNICAST, 0})
      .PutAddress(RTA_DST, "192.168.2.128")
      .Put(RTA_TABLE, 254)
      .Put(RTA_OIF, 2)
      .PutBytes(RTA_MULTIPATH, path, sizeof path);
  samples.emplace_back(RTM_NEWROUTE, rtmsg{AF_INET6, 122, 0, 0, RT_TABLE_MAIN, 12, 0, RTN_UNICAST, 0})
      .PutAddress(RTA_DST, "fd00::40")
      .PutAddress(RTA_GATEWAY, "fe80::1")
      .Put(RTA_PRIORITY, 1024)
      .Put(RTA_CACHEINFO, rta_cacheinfo{})
      .PutNest(RTA_METRICS, NetlinkMessage().Put(RTAX_MTU, 1400));
  samples.emplace_back(RTM_NEWNEIGH, ndmsg{AF_INET, 0, 0, 7, NUD_REACHABLE, 0, 0})
      .PutAddress(NDA_DST, "10.65.0.2")
      .Put(NDA_LLADDR, MacAddress{});
  samples.emplace_back(RTM_NEWNEIGH, ndmsg{AF_BRIDGE, 0, 0, 7, NUD_PERMANENT, NTF_SELF, 0})
      .Put(NDA_LLADDR, MacAddress{})
      .PutAddress(NDA_DST, "10.39.1.219");
  samples.emplace_back(RTM_NEWNETCONF, netconfmsg{AF_INET}).Put(NETCONFA_IFINDEX, 7).Put(NETCONFA_FORWARDING, 1);
  samples.emplace_back(RTM_NEWNEIGHTBL, ndtmsg{AF_INET, 0, 0}).Put(NDTA_CONFIG, ndt_config{}).Put(NDTA_THRESH3, 1024);
  samples.emplace_back(RTM_NEWRULE, fib_rule_hdr{AF_INET, 0, 16, 0, 254, 0, 0, 1, 0})
      .Put(FRA_PRIORITY, 99)
      .PutAddress(FRA_SRC, "10.65.0.0")
      .PutText(FRA_IIFNAME, "cali0");
  samples.emplace_back(RTM_NEWSTATS, if_stats_msg{}).Put(IFLA_STATS_LINK_64, rtnl_link_stats64{});
  samples.emplace_back(RTM_NEWNSID, rtgenmsg{}).Put(NETNSA_NSID, 3);
  return samples;
}

TEST_CASE("a whole message of each kind gives a row") {
  for (const NetlinkMessage& sample : Samples()) {
    KernelRows rows;
    CHECK(DecodeByAll(BytesOf(sample.get()), rows).ok());
    CHECK(rows.size() == 1);
  }
}

TEST_CASE("a message cut short anywhere is an error, or ends with a whole attribute") {
  for (const NetlinkMessage& sample : Samples()) {
    std::vector<char> bytes = BytesOf(sample.get());
    for (size_t size = bytes.size() - 1; size >= sizeof(nlmsghdr); --size) {
      bytes.resize(size);
      INFO("message type " << sample.get().nlmsg_type << " of " << sample.get().nlmsg_len << " bytes, cut to " << size);
      KernelRows rows;
      const absl::Status status = DecodeByAll(bytes, rows);
      if (status.ok())
        CHECK(sample.ends().count(size) == 1);
      else
        CHECK((absl::IsInvalidArgument(status) && rows.size() == 0));
    }
  }
}

TEST_CASE("nothing reads behind a last attribute that is shorter than it should be and lacks its padding") {
  for (const NetlinkMessage& sample : Samples()) {
    for (uint16_t type = 1; type < 64; ++type) {
      for (size_t size = 0; size < 12; ++size) {
        std::vector<char> bytes = BytesOf(sample.get());
        const nlattr attribute{static_cast<uint16_t>(NLA_HDRLEN + size), type};
        bytes.insert(bytes.end(), reinterpret_cast<const char*>(&attribute),
                     reinterpret_cast<const char*>(&attribute + 1));
        bytes.resize(bytes.size() + size, '\1');
        KernelRows rows;
        const absl::Status status = DecodeByAll(bytes, rows);
        if (!status.ok())
          CHECK(absl::IsInvalidArgument(status));
        else
          CHECK(rows.size() <= 1);
      }
    }
  }
}

TEST_CASE("a message with altered bytes is an error, or gives rows that make sense") {
  std::mt19937 random(20261121);
  size_t good = 0, bad = 0;
  for (int round = 0; round < 3000; ++round) {
    for (const NetlinkMessage& sample : Samples()) {
      std::vector<char> bytes = BytesOf(sample.get());
      for (auto changes = 1 + random() % 3; changes > 0; --changes)
        bytes[sizeof(nlmsghdr) + random() % (bytes.size() - sizeof(nlmsghdr))] = static_cast<char>(random());
      KernelRows rows;
      const absl::Status status = DecodeByAll(bytes, rows);
      ++(status.ok() ? good : bad);
      if (!status.ok() && !absl::IsInvalidArgument(status)) FAIL(status);
      for (const Route& route : rows.routes)
        if (route.destination.length > route.destination.address.size() * 8) FAIL(route.destination.ToString());
      for (const Link& link : rows.links)
        if (link.name.empty() || link.name.find('\0') != std::string::npos) FAIL("a link's name");
    }
  }
  // Were all refused, or none, this would prove little.
  CHECK(good > 1000);
  CHECK(bad > 1000);
}

}  // namespace
}  // namespace caliwatch
