// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <linux/neighbour.h>
#include <linux/netconf.h>
#include <linux/rtnetlink.h>

#include "test/support/kernel_decoding.h"

namespace caliwatch {
namespace {

constexpr MacAddress kMac = {0x66, 0, 0, 0, 0, 1};

ndmsg NeighborHeader(uint8_t family, uint16_t state, uint8_t flags = 0) {
  ndmsg header{};
  header.ndm_family = family;
  header.ndm_ifindex = 7;
  header.ndm_state = state;
  header.ndm_flags = flags;
  return header;
}

NetlinkMessage NeighborMessage() { return NetlinkMessage(RTM_NEWNEIGH, NeighborHeader(AF_INET, NUD_REACHABLE)); }
NetlinkMessage FdbMessage() { return NetlinkMessage(RTM_NEWNEIGH, NeighborHeader(AF_BRIDGE, NUD_PERMANENT, NTF_SELF)); }

ndtmsg TableHeader(uint8_t family) {
  ndtmsg header{};
  header.ndtm_family = family;
  return header;
}

NetlinkMessage LimitsMessage(uint8_t family = AF_INET) {
  NetlinkMessage message(RTM_NEWNEIGHTBL, TableHeader(family));
  message.PutText(NDTA_NAME, "arp_cache");
  return message;
}

ndt_config ConfigOf(uint32_t entries) {
  ndt_config config{};
  config.ndtc_entries = entries;
  return config;
}

TEST_CASE("a neighbor has address, MAC, state, flags and link") {
  NetlinkMessage message(RTM_NEWNEIGH, NeighborHeader(AF_INET6, NUD_STALE, NTF_ROUTER));
  const std::vector<Neighbor> neighbors =
      Decoded<Neighbor>(message.PutAddress(NDA_DST, "fe80::1").Put(NDA_LLADDR, kMac));
  REQUIRE(neighbors.size() == 1);
  CHECK(neighbors[0] == Neighbor{IpAddress::Parse("fe80::1").value(), 7, kMac, NUD_STALE, NTF_ROUTER});
}

TEST_CASE("a neighbor tells for how long its state has not changed, in ticks of a hundredth of a second") {
  nda_cacheinfo info{};
  info.ndm_updated = 250;
  NetlinkMessage message = NeighborMessage();
  const std::vector<Neighbor> neighbors =
      Decoded<Neighbor>(message.PutAddress(NDA_DST, "10.39.1.225").Put(NDA_CACHEINFO, info));
  REQUIRE(neighbors.at(0).unchanged);
  CHECK(neighbors[0].unchanged->value == absl::Milliseconds(2500));
  Neighbor later = neighbors[0];
  later.unchanged = Age{absl::Hours(1)};
  CHECK(later == neighbors[0]);
}

TEST_CASE("a neighbor that did not answer has no MAC") {
  NetlinkMessage message(RTM_NEWNEIGH, NeighborHeader(AF_INET, NUD_FAILED));
  const std::vector<Neighbor> neighbors = Decoded<Neighbor>(message.PutAddress(NDA_DST, "10.39.1.225"));
  REQUIRE(neighbors.size() == 1);
  CHECK(neighbors[0] == Neighbor{IpAddress::Parse("10.39.1.225").value(), 7, std::nullopt, NUD_FAILED, 0});
}

TEST_CASE("a neighbor behind a tunnel has no MAC either") {
  for (const size_t size : {0, 4, 16, 20}) {
    NetlinkMessage message = NeighborMessage();
    message.PutAddress(NDA_DST, "10.39.1.225").PutText(NDA_LLADDR, std::string(size, 'x'));
    CHECK(!Decoded<Neighbor>(message)[0].mac);
  }
}

TEST_CASE("neighbors and forwarding entries come in messages of one type, told apart by their family") {
  const NetlinkMessage neighbor = std::move(NeighborMessage().PutAddress(NDA_DST, "10.65.0.2"));
  const NetlinkMessage fdb = std::move(FdbMessage().Put(NDA_LLADDR, kMac));
  CHECK(Decoded<Neighbor>(neighbor).size() == 1);
  CHECK(Decoded<Neighbor>(fdb).empty());
  CHECK(Decoded<FdbEntry>(fdb).size() == 1);
  CHECK(Decoded<FdbEntry>(neighbor).empty());
  const NetlinkMessage gone(RTM_DELNEIGH, NeighborHeader(AF_INET, 0));
  CHECK(Decoded<Neighbor>(gone).empty());
  CHECK(Decoded<FdbEntry>(gone).empty());
}

TEST_CASE("what is wrong with a neighbor is named") {
  CHECK(Says(ErrorOf<Neighbor>(NeighborMessage()), "RTM_NEWNEIGH: it has no NDA_DST"));
  CHECK(Says(ErrorOf<Neighbor>(NeighborMessage().PutAddress(NDA_DST, "fe80::1")),
             "RTM_NEWNEIGH: NDA_DST has 16 bytes instead of 4"));
  CHECK(Says(ErrorOf<Neighbor>(NetlinkMessage(RTM_NEWNEIGH, 0)), "RTM_NEWNEIGH: its header has 4 bytes instead of"));
}

TEST_CASE("a forwarding entry of a VXLAN device leads to a remote node, of either family") {
  for (const char* remote : {"10.39.1.219", "fd00::219"}) {
    const std::vector<FdbEntry> entries =
        Decoded<FdbEntry>(FdbMessage().Put(NDA_LLADDR, kMac).PutAddress(NDA_DST, remote));
    REQUIRE(entries.size() == 1);
    CHECK(entries[0] == FdbEntry{kMac, 7, NUD_PERMANENT, NTF_SELF, IpAddress::Parse(remote).value()});
  }
}

TEST_CASE("a forwarding entry of a bridge leads to a port only") {
  CHECK(!Decoded<FdbEntry>(FdbMessage().Put(NDA_LLADDR, kMac))[0].destination);
}

TEST_CASE("what is wrong with a forwarding entry is named") {
  const std::string message = "RTM_NEWNEIGH of AF_BRIDGE: ";
  CHECK(Says(ErrorOf<FdbEntry>(FdbMessage()), message + "it has no NDA_LLADDR"));
  CHECK(Says(ErrorOf<FdbEntry>(FdbMessage().PutText(NDA_LLADDR, "1234")), message + "NDA_LLADDR has 4 bytes"));
  CHECK(Says(ErrorOf<FdbEntry>(FdbMessage().Put(NDA_LLADDR, kMac).PutText(NDA_DST, "12345")),
             message + "NDA_DST is no IPv4 or IPv6 address"));
  CHECK(Says(ErrorOf<FdbEntry>(NetlinkMessage(RTM_NEWNEIGH, 0)), message + "its header has 4 bytes instead of 12"));
}

TEST_CASE("a neighbor table has its size and its limits") {
  for (const auto& [af, family] : {std::pair(AF_INET, Family::kIpv4), {AF_INET6, Family::kIpv6}}) {
    NetlinkMessage message = LimitsMessage(static_cast<uint8_t>(af));
    message.Put(NDTA_THRESH1, 128).Put(NDTA_THRESH2, 512).Put(NDTA_THRESH3, 1024).Put(NDTA_CONFIG, ConfigOf(97));
    const std::vector<NeighborLimits> limits = Decoded<NeighborLimits>(message);
    REQUIRE(limits.size() == 1);
    CHECK(limits[0] == NeighborLimits{family, 97, 512, 1024});
  }
}

TEST_CASE("a neighbor table that the kernel tells of twice in one dump is one row, the later") {
  std::vector<NeighborLimits> limits;
  for (const auto& [family, entries] : {std::pair(AF_INET, 97u), {AF_INET6, 10u}, {AF_INET6, 11u}}) {
    NetlinkMessage message = LimitsMessage(static_cast<uint8_t>(family));
    REQUIRE(AppendRow(message.Put(NDTA_CONFIG, ConfigOf(entries)).get(), limits).ok());
  }
  CHECK(limits == std::vector<NeighborLimits>{{Family::kIpv4, 97, 0, 0}, {Family::kIpv6, 11, 0, 0}});
}

TEST_CASE("what a neighbor table says of one interface is no table") {
  CHECK(Decoded<NeighborLimits>(LimitsMessage().PutText(NDTA_PARMS, "")).empty());
  CHECK(Decoded<NeighborLimits>(LimitsMessage(AF_MPLS).Put(NDTA_CONFIG, ConfigOf(1))).empty());
  CHECK(Decoded<NeighborLimits>(NetlinkMessage(RTM_NEWLINK, TableHeader(AF_INET))).empty());
}

TEST_CASE("what is wrong with a neighbor table is named") {
  const std::string message = "RTM_NEWNEIGHTBL: ";
  CHECK(Says(ErrorOf<NeighborLimits>(LimitsMessage().Put(NDTA_CONFIG, 1)), message + "NDTA_CONFIG has 4 bytes"));
  CHECK(Says(ErrorOf<NeighborLimits>(LimitsMessage().PutText(NDTA_THRESH2, "1")), message + "NDTA_THRESH2 has 1"));
  CHECK(Says(ErrorOf<NeighborLimits>(LimitsMessage().PutText(NDTA_THRESH3, "1")), message + "NDTA_THRESH3 has 1"));
  CHECK(Says(ErrorOf<NeighborLimits>(NetlinkMessage(RTM_NEWNEIGHTBL)), message + "its header has 0 bytes"));
}

}  // namespace
}  // namespace caliwatch
