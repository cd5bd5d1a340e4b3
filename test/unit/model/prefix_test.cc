// SPDX-License-Identifier: Apache-2.0
#include "lib/model/prefix.h"

#include <algorithm>
#include <string>
#include <vector>

#include "lib/model/kernel.h"
#include "test/support/catch.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

IpAddress Ip(absl::string_view text) { return IpAddress::Parse(text).value(); }
Prefix Block(absl::string_view text) { return Prefix::Parse(text).value(); }

TEST_CASE("an address reads as it is written, in its shortest form") {
  for (const char* text : {"0.0.0.0", "10.65.0.2", "255.255.255.255", "::", "::1", "fd00:10:65::40", "::ffff:10.0.0.1"})
    CHECK(Ip(text).ToString() == text);
  CHECK(Ip("FD00:0:0:0:0:0:0:1").ToString() == "fd00::1");
  CHECK(Ip("10.65.0.2").family == Family::kIpv4);
  CHECK(Ip("::ffff:10.65.0.2").family == Family::kIpv6);
}

TEST_CASE("what is no plain address is refused, and named") {
  for (const char* text :
       {"", "10.65.0", "10.65.0.256", "10.65.0.2/32", "fe80::1%eth0", " 10.65.0.2", "fd00::1::2", "x"}) {
    CHECK(absl::IsInvalidArgument(IpAddress::Parse(text).status()));
    CHECK(Says(IpAddress::Parse(text).status(), "'" + std::string(text) + "'"));
  }
}

TEST_CASE("an address from the kernel's bytes equals the one from text") {
  const uint8_t ipv4[] = {10, 65, 0, 2};
  const uint8_t ipv6[16] = {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  CHECK(IpAddress::FromBytes(Family::kIpv4, ipv4) == Ip("10.65.0.2"));
  CHECK(IpAddress::FromBytes(Family::kIpv6, ipv6) == Ip("fe80::1"));
}

TEST_CASE("link-local and unspecified addresses are known by their bytes") {
  for (const char* text : {"169.254.0.0", "169.254.255.255", "fe80::1", "febf::1"}) CHECK(Ip(text).IsLinkLocal());
  for (const char* text : {"169.253.1.1", "10.254.1.1", "fec0::1", "fd80::1", "::1"}) CHECK(!Ip(text).IsLinkLocal());
  for (const char* text : {"0.0.0.0", "::"}) CHECK(Ip(text).IsUnspecified());
  for (const char* text : {"0.0.0.1", "::1"}) CHECK(!Ip(text).IsUnspecified());
}

TEST_CASE("a prefix reads as it is written, and an address alone is one of its full length") {
  for (const char* text : {"0.0.0.0/0", "192.168.2.128/26", "10.65.0.2/32", "::/0", "fd00::40/122"})
    CHECK(Block(text).ToString() == text);
  CHECK(Block("10.65.0.2") == Block("10.65.0.2/32"));
  CHECK(Block("fd00::1") == Block("fd00::1/128"));
  CHECK(Block("10.65.0.2").IsSingleAddress());
  CHECK(!Block("fd00::/32").IsSingleAddress());
  CHECK(Block("::/0").IsDefault());
  CHECK(!Block("0.0.0.0").IsDefault());
}

TEST_CASE("what is no prefix is refused") {
  for (const char* text : {"10.65.0.0/33", "fd00::/129", "10.65.0.0/", "10.65.0.0/-1", "10.65.0.0/2x", "/26",
                           "10.65/16", "10.65.0.0/26/27", "10.65.0.0/4294967322"})
    CHECK(absl::IsInvalidArgument(Prefix::Parse(text).status()));
}

TEST_CASE("a prefix contains the addresses of its block, to the bit") {
  CHECK(Block("192.168.2.128/26").Contains(Ip("192.168.2.128")));
  CHECK(Block("192.168.2.128/26").Contains(Ip("192.168.2.191")));
  CHECK(!Block("192.168.2.128/26").Contains(Ip("192.168.2.192")));
  CHECK(!Block("192.168.2.128/26").Contains(Ip("192.168.3.128")));
  CHECK(Block("10.65.0.0/16").Contains(Ip("10.65.255.255")));
  CHECK(!Block("10.65.0.0/16").Contains(Ip("10.66.0.0")));
  CHECK(Block("0.0.0.0/0").Contains(Ip("255.1.2.3")));
  CHECK(!Block("0.0.0.0/0").Contains(Ip("::")));
  CHECK(Block("fd00::1").Contains(Ip("fd00::1")));
  CHECK(!Block("fd00::1").Contains(Ip("fd00::2")));
}

TEST_CASE("no prefix is longer than its address, and none reads past it") {
  CHECK(Prefix(Ip("10.65.0.2"), 33) == Block("10.65.0.2/32"));
  CHECK(Prefix(Ip("fd00::1"), 255) == Block("fd00::1/128"));
  Prefix spoilt = Block("fd00::1");
  spoilt.length = 255;
  CHECK(spoilt.Contains(Ip("fd00::1")));
  CHECK(!spoilt.Contains(Ip("fd00::2")));
  CHECK(!spoilt.Contains(Ip("10.65.0.2")));
}

TEST_CASE("addresses are ordered by family, then by their bytes as numbers") {
  CHECK(Ip("255.0.0.0") < Ip("::"));
  CHECK(Ip("9.0.0.0") < Ip("10.0.0.0"));
  CHECK(Ip("127.0.0.1") < Ip("128.0.0.1"));
}

TEST_CASE("a link's name tells workloads and tunnels from the rest") {
  for (const char* name : {"cali12ab34cd56e", "cali"}) CHECK(RoleOf(name) == LinkRole::kWorkload);
  for (const char* name : {"tunl0", "vxlan.calico", "vxlan-v6.calico", "wireguard.cali", "wg-v6.cali"})
    CHECK(RoleOf(name) == LinkRole::kTunnel);
  for (const char* name : {"eth0", "lo", "tunl00", "vxlan.calico1", "docker0", "kcali1", ""})
    CHECK(RoleOf(name) == LinkRole::kHost);
}

TEST_CASE("a MAC address is written as ip writes it") {
  CHECK(ToString(MacAddress{0xee, 0x0a, 0, 1, 0x10, 0xff}) == "ee:0a:00:01:10:ff");
}

TEST_CASE("a neighbor's state is named as ip names it") {
  const std::vector<std::pair<uint16_t, std::string>> names = {
      {NUD_INCOMPLETE, "incomplete"}, {NUD_REACHABLE, "reachable"}, {NUD_STALE, "stale"},
      {NUD_DELAY, "delay"},           {NUD_PROBE, "probe"},         {NUD_FAILED, "failed"},
      {NUD_NOARP, "noarp"},           {NUD_PERMANENT, "permanent"}, {NUD_NONE, "none"}};
  for (const auto& [state, name] : names) CHECK(NeighborStateName(state) == name);
}

bool IsUsable(int state, uint8_t flags) {
  Neighbor neighbor;
  neighbor.state = static_cast<uint16_t>(state);
  neighbor.flags = flags;
  return neighbor.IsUsable();
}

TEST_CASE("a neighbor is usable in the states in which the kernel sends to it") {
  for (const auto state : {NUD_PERMANENT, NUD_REACHABLE, NUD_STALE, NUD_DELAY, NUD_PROBE}) {
    CHECK(IsUsable(state, 0));
    CHECK(!IsUsable(state, NTF_PROXY));
  }
  for (const auto state : {NUD_NONE, NUD_INCOMPLETE, NUD_FAILED, NUD_NOARP}) CHECK(!IsUsable(state, 0));
}

// Catch cannot take an ordering apart.
bool IsBefore(const Route& a, const Route& b) { return a.CompareKey(b) < 0; }
bool HaveOneKey(const Route& a, const Route& b) { return a.CompareKey(b) == 0; }

Route RouteTo(absl::string_view destination) {
  Route route;
  route.destination = Block(destination);
  return route;
}

TEST_CASE("routes are ordered by family, table, address and then the longer prefix, as the kernel dumps IPv4") {
  std::vector<Route> ordered = {RouteTo("0.0.0.0/0"), RouteTo("10.0.0.0/32"), RouteTo("10.0.0.0/24"),
                                RouteTo("10.0.0.0/8"), RouteTo("10.0.1.0/24")};
  Route local = RouteTo("9.0.0.0/8");
  local.table = RT_TABLE_LOCAL;
  ordered.push_back(local);
  ordered.push_back(RouteTo("::/0"));
  for (size_t i = 1; i < ordered.size(); ++i) {
    INFO(ordered[i - 1].destination.ToString() << " before " << ordered[i].destination.ToString());
    CHECK(IsBefore(ordered[i - 1], ordered[i]));
    CHECK(!IsBefore(ordered[i], ordered[i - 1]));
  }
}

TEST_CASE("routes of one destination are told apart by type of service, metric and path") {
  const Route route = RouteTo("10.65.0.2/32");
  for (const auto change : {+[](Route& other) { other.tos = 4; }, +[](Route& other) { other.metric = 1024; },
                            +[](Route& other) { other.hop = 1; }}) {
    Route other = route;
    change(other);
    CHECK(IsBefore(route, other));
  }
}

TEST_CASE("the interface tells IPv6 routes of one destination apart, and no IPv4 ones") {
  for (const char* destination : {"fe80::/64", "10.65.0.2/32"}) {
    const Route route = RouteTo(destination);
    Route elsewhere = route;
    elsewhere.link = 3;
    CHECK(HaveOneKey(route, elsewhere) == (route.family() == Family::kIpv4));
  }
}

TEST_CASE("where a route leads is no part of what it is") {
  Route route = RouteTo("192.168.2.128/26");
  Route moved = route;
  moved.gateway = Ip("10.39.1.219");
  moved.protocol = 12;
  moved.flags = RTNH_F_LINKDOWN;
  CHECK(HaveOneKey(route, moved));
  CHECK(route != moved);
}

}  // namespace
}  // namespace caliwatch
