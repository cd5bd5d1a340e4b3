// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ipv6.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include "test/support/kernel_decoding.h"

namespace caliwatch {
namespace {

constexpr MacAddress kCalicoMac = {0xee, 0xee, 0xee, 0xee, 0xee, 0xee};

ifinfomsg LinkHeader(unsigned flags) {
  ifinfomsg header{};
  header.ifi_index = 7;
  header.ifi_flags = flags;
  return header;
}

NetlinkMessage LinkMessage(absl::string_view name = "cali12ab34cd56e") {
  NetlinkMessage message(RTM_NEWLINK, LinkHeader(IFF_UP));
  message.PutText(IFLA_IFNAME, std::string(name) + '\0');
  return message;
}

ifaddrmsg AddressHeader(uint8_t family, uint8_t length) {
  ifaddrmsg header{};
  header.ifa_family = family;
  header.ifa_prefixlen = length;
  header.ifa_scope = RT_SCOPE_LINK;
  header.ifa_flags = IFA_F_PERMANENT;
  header.ifa_index = 7;
  return header;
}

TEST_CASE("a workload's veth has all that the kernel says of it") {
  NetlinkMessage message = LinkMessage();
  message.Put(IFLA_MTU, 1480).Put(IFLA_CARRIER, uint8_t{1}).Put(IFLA_ADDRESS, kCalicoMac).Put(IFLA_MASTER, 3);
  message.Put(IFLA_LINK_NETNSID, 5).PutNest(IFLA_LINKINFO, NetlinkMessage().PutText(IFLA_INFO_KIND, "veth"));
  const std::vector<Link> links = Decoded<Link>(message);
  REQUIRE(links.size() == 1);
  CHECK(links[0] == Link{.index = 7,
                         .name = "cali12ab34cd56e",
                         .kind = "veth",
                         .role = LinkRole::kWorkload,
                         .up = true,
                         .carrier = true,
                         .mtu = 1480,
                         .master = 3,
                         .mac = kCalicoMac,
                         .peer_netns_id = 5});
}

TEST_CASE("a link that is down, without carrier, kind or peer says so") {
  NetlinkMessage message(RTM_NEWLINK, LinkHeader(IFF_BROADCAST));
  message.PutText(IFLA_IFNAME, "eth0").Put(IFLA_CARRIER, uint8_t{0}).Put(IFLA_LINK_NETNSID, -1);
  const std::vector<Link> links = Decoded<Link>(message);
  REQUIRE(links.size() == 1);
  CHECK(links[0] == Link{.index = 7,
                         .name = "eth0",
                         .kind = "",
                         .role = LinkRole::kHost,
                         .up = false,
                         .carrier = false,
                         .mtu = 0,
                         .master = 0,
                         .mac = std::nullopt,
                         .peer_netns_id = std::nullopt});
}

NetlinkMessage VxlanMessage(const NetlinkMessage& data) {
  NetlinkMessage message = LinkMessage("vxlan.calico");
  message.PutNest(IFLA_LINKINFO, NetlinkMessage().PutText(IFLA_INFO_KIND, "vxlan").PutNest(IFLA_INFO_DATA, data));
  return message;
}

TEST_CASE("a VXLAN device has what it was made with") {
  const uint16_t port = htons(4789);
  NetlinkMessage data;
  data.Put(IFLA_VXLAN_ID, 4096).PutAddress(IFLA_VXLAN_LOCAL, "10.39.1.231").Put(IFLA_VXLAN_LINK, 2);
  data.Put(IFLA_VXLAN_PORT, port).Put(IFLA_VXLAN_LEARNING, uint8_t{0});
  CHECK(Decoded<Link>(VxlanMessage(data))[0].vxlan ==
        VxlanSettings{.id = 4096, .local = *IpAddress::Parse("10.39.1.231"), .parent = 2, .port = 4789});
  NetlinkMessage ipv6;
  ipv6.PutAddress(IFLA_VXLAN_LOCAL6, "fd00::1").Put(IFLA_VXLAN_LEARNING, uint8_t{1});
  CHECK(Decoded<Link>(VxlanMessage(ipv6))[0].vxlan ==
        VxlanSettings{.local = *IpAddress::Parse("fd00::1"), .learning = true});
  NetlinkMessage flows;
  flows.Put(IFLA_VXLAN_COLLECT_METADATA, uint8_t{1});
  CHECK(Decoded<Link>(VxlanMessage(flows))[0].vxlan == VxlanSettings{.flow_based = true});
  CHECK(Says(ErrorOf<Link>(VxlanMessage(std::move(NetlinkMessage().PutText(IFLA_VXLAN_PORT, "1")))),
             "IFLA_INFO_DATA of a VXLAN device: IFLA_VXLAN_PORT has 1 bytes instead of 2"));
}

TEST_CASE("what other kinds of links have of their own is not read as a VXLAN's") {
  NetlinkMessage message = LinkMessage();
  message.PutNest(IFLA_LINKINFO, NetlinkMessage()
                                     .PutText(IFLA_INFO_KIND, "bridge")
                                     .PutNest(IFLA_INFO_DATA, NetlinkMessage().Put(IFLA_VXLAN_ID, 1)));
  CHECK_FALSE(Decoded<Link>(message)[0].vxlan);
}

TEST_CASE("a link that can send is running, and its IPv6 switches are read") {
  NetlinkMessage message(RTM_NEWLINK, LinkHeader(IFF_UP | IFF_RUNNING));
  std::array<int, 60> switches{};
  switches[DEVCONF_FORWARDING] = 1;
  switches[DEVCONF_ACCEPT_RA] = 2;
  message.PutText(IFLA_IFNAME, "eth0")
      .PutNest(IFLA_AF_SPEC, NetlinkMessage().PutNest(AF_INET6, NetlinkMessage().Put(IFLA_INET6_CONF, switches)));
  const Link link = Decoded<Link>(message)[0];
  CHECK(link.running);
  CHECK(link.ipv6_forwarding == 1);
  CHECK(link.accept_ra == 2);
  const Link without = Decoded<Link>(LinkMessage())[0];
  CHECK_FALSE(without.running);
  CHECK_FALSE(without.ipv6_forwarding);
  NetlinkMessage too_short;
  too_short.PutNest(AF_INET6, NetlinkMessage().Put(IFLA_INET6_CONF, 1));
  CHECK(Says(ErrorOf<Link>(LinkMessage().PutNest(IFLA_AF_SPEC, too_short)), "IFLA_INET6_CONF is too short"));
}

TEST_CASE("a link's name may hold any bytes, and ends at its NUL") {
  CHECK(Decoded<Link>(LinkMessage("cali\xff\xfe\n\""))[0].name == "cali\xff\xfe\n\"");
  CHECK(Decoded<Link>(LinkMessage(absl::string_view("eth0\0rest", 9)))[0].name == "eth0");
}

TEST_CASE("a tunnel's hardware address is no MAC address") {
  for (const size_t size : {0, 4, 8, 16, 20})
    CHECK(!Decoded<Link>(LinkMessage("tunl0").PutText(IFLA_ADDRESS, std::string(size, 'x')))[0].mac);
}

TEST_CASE("a bridge's view of its ports, and other messages, are no links") {
  ifinfomsg port = LinkHeader(IFF_UP);
  port.ifi_family = AF_BRIDGE;
  CHECK(Decoded<Link>(NetlinkMessage(RTM_NEWLINK, port).PutText(IFLA_IFNAME, "eth0")).empty());
  CHECK(Decoded<Link>(NetlinkMessage(RTM_DELLINK, LinkHeader(0))).empty());
}

TEST_CASE("what is wrong with a link is named") {
  CHECK(Says(ErrorOf<Link>(NetlinkMessage(RTM_NEWLINK, LinkHeader(0))), "RTM_NEWLINK: it has no IFLA_IFNAME"));
  CHECK(Says(ErrorOf<Link>(NetlinkMessage(RTM_NEWLINK, 0)), "RTM_NEWLINK: its header has 4 bytes instead of 16"));
  CHECK(Says(ErrorOf<Link>(LinkMessage().PutText(IFLA_CARRIER, "12")), "IFLA_CARRIER has 2 bytes instead of 1"));
  for (const auto& [type, name] :
       {std::pair(IFLA_MTU, "IFLA_MTU"), {IFLA_MASTER, "IFLA_MASTER"}, {IFLA_LINK_NETNSID, "IFLA_LINK_NETNSID"}})
    CHECK(Says(ErrorOf<Link>(LinkMessage().PutText(type, "123")), std::string(name) + " has 3 bytes instead of 4"));
  CHECK(Says(ErrorOf<Link>(LinkMessage().PutText(IFLA_LINKINFO, "123")),
             "RTM_NEWLINK, IFLA_LINKINFO: an attribute is cut short"));
}

TEST_CASE("an address has its link, length, scope and flags") {
  NetlinkMessage message(RTM_NEWADDR, AddressHeader(AF_INET, 24));
  message.PutAddress(IFA_ADDRESS, "10.39.1.231").PutAddress(IFA_LOCAL, "10.39.1.231");
  const std::vector<Address> addresses = Decoded<Address>(message);
  REQUIRE(addresses.size() == 1);
  CHECK(addresses[0] == Address{IpAddress::Parse("10.39.1.231").value(), 24, RT_SCOPE_LINK, IFA_F_PERMANENT, 7});
}

TEST_CASE("of a point-to-point link, the address at our end counts") {
  for (const bool local_first : {true, false}) {
    NetlinkMessage message(RTM_NEWADDR, AddressHeader(AF_INET, 32));
    if (local_first) message.PutAddress(IFA_LOCAL, "10.99.0.1");
    message.PutAddress(IFA_ADDRESS, "10.99.0.2");
    if (!local_first) message.PutAddress(IFA_LOCAL, "10.99.0.1");
    CHECK(Decoded<Address>(message)[0].address.ToString() == "10.99.0.1");
  }
}

TEST_CASE("an IPv6 address has no IFA_LOCAL, and more flags than its header holds") {
  NetlinkMessage message(RTM_NEWADDR, AddressHeader(AF_INET6, 64));
  message.PutAddress(IFA_ADDRESS, "fd00::1").Put(IFA_FLAGS, IFA_F_NOPREFIXROUTE);
  const std::vector<Address> addresses = Decoded<Address>(message);
  REQUIRE(addresses.size() == 1);
  CHECK(addresses[0].address.ToString() == "fd00::1");
  CHECK(addresses[0].flags == IFA_F_NOPREFIXROUTE);
}

TEST_CASE("an address that a lease gave has its lifetimes, others are for ever") {
  NetlinkMessage message(RTM_NEWADDR, AddressHeader(AF_INET, 24));
  message.PutAddress(IFA_LOCAL, "10.39.1.231");
  CHECK(Decoded<Address>(message)[0].valid.IsForever());
  message.Put(IFA_CACHEINFO, ifa_cacheinfo{.ifa_prefered = 100, .ifa_valid = 200, .cstamp = 0, .tstamp = 0});
  CHECK(Decoded<Address>(message)[0].valid.seconds == 200);
  CHECK(Decoded<Address>(message)[0].preferred.seconds == 100);
}

TEST_CASE("addresses of other families, and other messages, are left out") {
  CHECK(Decoded<Address>(NetlinkMessage(RTM_NEWADDR, AddressHeader(AF_PHONET, 0))).empty());
  CHECK(Decoded<Address>(NetlinkMessage(RTM_DELADDR, AddressHeader(AF_INET, 0))).empty());
}

TEST_CASE("what is wrong with an address is named") {
  const auto message = [] { return NetlinkMessage(RTM_NEWADDR, AddressHeader(AF_INET, 24)); };
  CHECK(Says(ErrorOf<Address>(message()), "RTM_NEWADDR: it has neither IFA_LOCAL nor IFA_ADDRESS"));
  CHECK(Says(ErrorOf<Address>(NetlinkMessage(RTM_NEWADDR, 0)), "RTM_NEWADDR: its header has 4 bytes instead of 8"));
  CHECK(Says(ErrorOf<Address>(message().PutAddress(IFA_LOCAL, "fd00::1")), "IFA_LOCAL has 16 bytes instead of 4"));
  CHECK(Says(ErrorOf<Address>(message().PutAddress(IFA_ADDRESS, "fd00::1")), "IFA_ADDRESS has 16 bytes instead"));
  CHECK(Says(ErrorOf<Address>(message().PutText(IFA_FLAGS, "1")), "IFA_FLAGS has 1 bytes instead of 4"));
  CHECK(
      Says(ErrorOf<Address>(NetlinkMessage(RTM_NEWADDR, AddressHeader(AF_INET, 33)).PutAddress(IFA_LOCAL, "10.0.0.1")),
           "RTM_NEWADDR: its prefix length is too long"));
}

}  // namespace
}  // namespace caliwatch
