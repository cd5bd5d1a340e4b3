// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <linux/rtnetlink.h>

#include "test/support/kernel_decoding.h"

namespace caliwatch {
namespace {

constexpr uint8_t kBird = 12;

rtmsg Header(uint8_t family, uint8_t length, uint8_t type = RTN_UNICAST) {
  rtmsg header{};
  header.rtm_family = family;
  header.rtm_dst_len = length;
  header.rtm_table = RT_TABLE_MAIN;
  header.rtm_protocol = kBird;
  header.rtm_type = type;
  return header;
}

NetlinkMessage BlockRouteMessage() {
  NetlinkMessage message(RTM_NEWROUTE, Header(AF_INET, 26));
  message.PutAddress(RTA_DST, "192.168.2.128").PutAddress(RTA_GATEWAY, "10.39.1.219").Put(RTA_OIF, 2);
  return message;
}

// One path of a multipath route, to be put into RTA_MULTIPATH behind others.
std::string Path(int link, uint8_t flags, int gateway_type, absl::string_view gateway_bytes) {
  std::string path(sizeof(rtnexthop) + NLA_HDRLEN, '\0');
  path += std::string(gateway_bytes);
  path.resize(NLA_ALIGN(path.size()));
  auto* hop = reinterpret_cast<rtnexthop*>(path.data());
  hop->rtnh_len = static_cast<uint16_t>(path.size());
  hop->rtnh_flags = flags;
  hop->rtnh_ifindex = link;
  auto* attribute = reinterpret_cast<nlattr*>(path.data() + sizeof *hop);
  attribute->nla_len = static_cast<uint16_t>(NLA_HDRLEN + gateway_bytes.size());
  attribute->nla_type = static_cast<uint16_t>(gateway_type);
  return path;
}

std::string BytesOf(absl::string_view address_text) {
  const IpAddress address = IpAddress::Parse(address_text).value();
  return std::string(reinterpret_cast<const char*>(address.bytes.data()), address.size());
}

std::string ViaBytes(uint16_t family, absl::string_view address) {
  return std::string(reinterpret_cast<const char*>(&family), sizeof family) + BytesOf(address);
}

TEST_CASE("a block's route has destination, gateway, interface, table and protocol") {
  const std::vector<Route> routes = Decoded<Route>(BlockRouteMessage());
  REQUIRE(routes.size() == 1);
  Route expected;
  expected.destination = Prefix::Parse("192.168.2.128/26").value();
  expected.gateway = IpAddress::Parse("10.39.1.219").value();
  expected.link = 2;
  expected.protocol = kBird;
  CHECK(routes[0] == expected);
}

TEST_CASE("an IPv6 route is read as an IPv4 one is") {
  NetlinkMessage message(RTM_NEWROUTE, Header(AF_INET6, 122));
  message.PutAddress(RTA_DST, "fd00:10:65::40").PutAddress(RTA_GATEWAY, "fe80::1").Put(RTA_PRIORITY, 1024);
  const std::vector<Route> routes = Decoded<Route>(message);
  REQUIRE(routes.size() == 1);
  CHECK(routes[0].destination == Prefix::Parse("fd00:10:65::40/122").value());
  CHECK(routes[0].gateway == IpAddress::Parse("fe80::1").value());
  CHECK(routes[0].metric == 1024);
}

TEST_CASE("a default route needs no destination") {
  for (const auto& [family, text] : {std::pair(AF_INET, "0.0.0.0/0"), std::pair(AF_INET6, "::/0")}) {
    const std::vector<Route> routes =
        Decoded<Route>(NetlinkMessage(RTM_NEWROUTE, Header(static_cast<uint8_t>(family), 0)));
    REQUIRE(routes.size() == 1);
    CHECK(routes[0].destination == Prefix::Parse(text).value());
    CHECK(routes[0].destination.IsDefault());
  }
}

TEST_CASE("scope, type of service and flags are the kernel's") {
  rtmsg header = Header(AF_INET, 32);
  header.rtm_scope = RT_SCOPE_LINK;
  header.rtm_tos = 0x10;
  header.rtm_flags = RTNH_F_ONLINK | RTNH_F_LINKDOWN | RTM_F_LOOKUP_TABLE;
  NetlinkMessage message(RTM_NEWROUTE, header);
  message.PutAddress(RTA_DST, "10.65.0.2");
  const std::vector<Route> routes = Decoded<Route>(message);
  REQUIRE(routes.size() == 1);
  CHECK(routes[0].scope == RT_SCOPE_LINK);
  CHECK(routes[0].tos == 0x10);
  CHECK(routes[0].flags == (RTNH_F_ONLINK | RTNH_F_LINKDOWN));
}

TEST_CASE("a table above 255 stands in an attribute") {
  rtmsg header = Header(AF_INET, 0);
  header.rtm_table = RT_TABLE_COMPAT;
  const std::vector<Route> routes = Decoded<Route>(NetlinkMessage(RTM_NEWROUTE, header).Put(RTA_TABLE, 1'000'000));
  REQUIRE(routes.size() == 1);
  CHECK(routes[0].table == 1'000'000);
}

TEST_CASE("a blackhole leads nowhere") {
  NetlinkMessage message(RTM_NEWROUTE, Header(AF_INET, 26, RTN_BLACKHOLE));
  const std::vector<Route> routes = Decoded<Route>(message.PutAddress(RTA_DST, "192.168.2.0"));
  REQUIRE(routes.size() == 1);
  CHECK(routes[0].type == RTN_BLACKHOLE);
  CHECK(routes[0].link == 0);
  CHECK(!routes[0].gateway);
}

TEST_CASE("a route through a nexthop object keeps the object's id") {
  const std::vector<Route> routes = Decoded<Route>(BlockRouteMessage().Put(RTA_NH_ID, 7));
  REQUIRE(routes.size() == 1);
  CHECK(routes[0].nexthop_id == 7);
}

TEST_CASE("an IPv4 route through an IPv6 router has its address for a gateway") {
  NetlinkMessage message(RTM_NEWROUTE, Header(AF_INET, 0));
  const std::vector<Route> routes = Decoded<Route>(message.PutText(RTA_VIA, ViaBytes(AF_INET6, "fe80::1")));
  REQUIRE(routes.size() == 1);
  CHECK(routes[0].gateway == IpAddress::Parse("fe80::1").value());
}

TEST_CASE("a multipath route gives a row a path") {
  NetlinkMessage message(RTM_NEWROUTE, Header(AF_INET, 26));
  message.PutAddress(RTA_DST, "192.168.2.128");
  message.PutText(RTA_MULTIPATH, Path(2, 0, RTA_GATEWAY, BytesOf("10.39.1.2")) +
                                     Path(3, RTNH_F_ONLINK, RTA_VIA, ViaBytes(AF_INET6, "fe80::1")) +
                                     Path(4, RTNH_F_DEAD, NLA_TYPE_MASK, ""));
  const std::vector<Route> routes = Decoded<Route>(message.Put(RTA_PRIORITY, 32));
  REQUIRE(routes.size() == 3);
  for (size_t i = 0; i < routes.size(); ++i) {
    CHECK(routes[i].destination == Prefix::Parse("192.168.2.128/26").value());
    CHECK(routes[i].metric == 32);
    CHECK(routes[i].hop == i);
    CHECK(routes[i].link == static_cast<int>(i) + 2);
  }
  CHECK(routes[0].gateway == IpAddress::Parse("10.39.1.2").value());
  CHECK(routes[1].gateway == IpAddress::Parse("fe80::1").value());
  CHECK(!routes[2].gateway);
  CHECK(routes[0].flags == 0);
  CHECK(routes[1].flags == RTNH_F_ONLINK);
  CHECK(routes[2].flags == RTNH_F_DEAD);
}

TEST_CASE("a route may have an MTU of its own, and a time to live") {
  CHECK(Decoded<Route>(BlockRouteMessage())[0].mtu == 0);
  CHECK(Decoded<Route>(BlockRouteMessage())[0].expires.IsForever());
  NetlinkMessage message = BlockRouteMessage();
  message.PutNest(RTA_METRICS, NetlinkMessage().Put(RTAX_HOPLIMIT, 64).Put(RTAX_MTU, 1450));
  CHECK(Decoded<Route>(message)[0].mtu == 1450);
  for (const auto& [ticks, seconds] : {std::pair(30'099, 300u), {-100, 0u}}) {
    NetlinkMessage dying = BlockRouteMessage();
    rta_cacheinfo cache{};
    cache.rta_expires = ticks;
    dying.Put(RTA_CACHEINFO, cache);
    CHECK(Decoded<Route>(dying)[0].expires.seconds == seconds);
  }
  CHECK(Says(ErrorOf<Route>(BlockRouteMessage().PutNest(RTA_METRICS, NetlinkMessage().Put(RTAX_MTU, 65'536))),
             "RTA_METRICS: RTAX_MTU is too large"));
}

TEST_CASE("routes that the kernel only cached are left out") {
  rtmsg header = Header(AF_INET6, 128);
  header.rtm_flags = RTM_F_CLONED;
  NetlinkMessage message(RTM_NEWROUTE, header);
  CHECK(Decoded<Route>(message.PutAddress(RTA_DST, "fd00::1")).empty());
}

TEST_CASE("routes of other families, and other messages, are left out") {
  CHECK(Decoded<Route>(NetlinkMessage(RTM_NEWROUTE, Header(AF_MPLS, 20))).empty());
  CHECK(Decoded<Route>(NetlinkMessage(RTM_DELROUTE, Header(AF_INET, 0))).empty());
  CHECK(Decoded<Route>(NetlinkMessage(RTM_NEWLINK, ifinfomsg{})).empty());
}

TEST_CASE("unknown attributes do no harm") {
  CHECK(Decoded<Route>(BlockRouteMessage().PutText(NLA_TYPE_MASK, "from a later kernel")) ==
        Decoded<Route>(BlockRouteMessage()));
}

TEST_CASE("a nested-flag on an attribute's type does not hide it") {
  NetlinkMessage message(RTM_NEWROUTE, Header(AF_INET, 26));
  message.PutAddress(RTA_DST, "192.168.2.128");
  message.PutText(RTA_MULTIPATH | NLA_F_NESTED, Path(2, 0, RTA_GATEWAY, BytesOf("10.39.1.2")));
  CHECK(Decoded<Route>(message)[0].link == 2);
}

TEST_CASE("an attribute of a wrong size is named") {
  const auto [type, name] = GENERATE(table<int, std::string>({
      {RTA_DST, "RTA_DST"},
      {RTA_TABLE, "RTA_TABLE"},
      {RTA_PRIORITY, "RTA_PRIORITY"},
      {RTA_OIF, "RTA_OIF"},
      {RTA_GATEWAY, "RTA_GATEWAY"},
      {RTA_NH_ID, "RTA_NH_ID"},
  }));
  for (const char* value : {"", "123", "12345"})
    CHECK(Says(ErrorOf<Route>(BlockRouteMessage().PutText(type, value)),
               "RTM_NEWROUTE: " + name + " has " + std::to_string(strlen(value)) + " bytes instead of 4"));
}

TEST_CASE("an RTA_VIA that is no address is named") {
  for (const char* value : {"", "1", "12", "1234567"})
    CHECK(
        Says(ErrorOf<Route>(BlockRouteMessage().PutText(RTA_VIA, value)), "RTM_NEWROUTE: RTA_VIA is no IPv4 or IPv6"));
}

TEST_CASE("a multipath attribute that is cut short is named") {
  const std::string whole =
      Path(2, 0, RTA_GATEWAY, BytesOf("10.39.1.2")) + Path(3, 0, RTA_GATEWAY, BytesOf("10.39.1.3"));
  for (size_t size = 1; size < whole.size(); ++size) {
    if (size == whole.size() / 2) continue;  // one path is a whole, too
    CHECK(Says(ErrorOf<Route>(BlockRouteMessage().PutText(RTA_MULTIPATH, whole.substr(0, size))),
               "RTM_NEWROUTE: RTA_MULTIPATH is cut short"));
  }
  CHECK(Says(ErrorOf<Route>(BlockRouteMessage().PutText(RTA_MULTIPATH, Path(2, 0, RTA_GATEWAY, "123"))),
             "RTM_NEWROUTE: RTA_GATEWAY of a path has 3 bytes instead of 4"));
}

TEST_CASE("a destination that is missing or too long is an error") {
  CHECK(Says(ErrorOf<Route>(NetlinkMessage(RTM_NEWROUTE, Header(AF_INET, 26))),
             "RTM_NEWROUTE: it has a prefix length, but no"));
  NetlinkMessage message(RTM_NEWROUTE, Header(AF_INET, 33));
  CHECK(Says(ErrorOf<Route>(message.PutAddress(RTA_DST, "10.0.0.0")), "RTM_NEWROUTE: its prefix length is too long"));
}

TEST_CASE("a message shorter than its header is an error") {
  const uint16_t half_a_header = AF_INET;
  CHECK(Says(ErrorOf<Route>(NetlinkMessage(RTM_NEWROUTE, half_a_header)),
             "RTM_NEWROUTE: its header has 4 bytes instead of 12"));
}

}  // namespace
}  // namespace caliwatch
