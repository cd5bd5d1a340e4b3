// SPDX-License-Identifier: Apache-2.0
#include "lib/anonymize/netlink_message.h"

#include <string>
#include <vector>

#include <absl/strings/match.h>
#include <arpa/inet.h>
#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/inet_diag.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>

#include "lib/anonymize/netlink_rules.h"
#include "lib/decode/kernel_messages.h"
#include "lib/node/kernel_dumps.h"
#include "test/support/catch.h"
#include "test/support/netlink_message.h"

namespace caliwatch {
namespace {

// Rows of one message, anonymized; none where it is damaged.
template <class Row>
std::vector<Row> RowsOf(const Anonymizer& anonymizer, const NetlinkMessage& message,
                        KernelTable table = KernelTable::kLinks) {
  const std::string mapped = AnonymizedMessage(anonymizer, table, message.get());
  REQUIRE(mapped.size() >= sizeof(nlmsghdr));
  const auto& header = *reinterpret_cast<const nlmsghdr*>(mapped.data());
  REQUIRE(header.nlmsg_len == mapped.size());
  std::vector<Row> rows;
  if (!AppendRow(header, rows).ok()) rows.clear();
  return rows;
}

// A kernel header, zero but for what `set` sets.
template <class Header>
Header With(void (*set)(Header&)) {
  Header header{};
  set(header);
  return header;
}

IpAddress Mapped(const Anonymizer& anonymizer, absl::string_view address) {
  return anonymizer.addresses().Map(*IpAddress::Parse(address));
}

}  // namespace

TEST_CASE("why a pod could not be looked into keeps its words, and not the pod's name") {
  const Anonymizer anonymizer({1, 2});
  NetlinkMessage error(NLMSG_ERROR, nlmsgerr{});
  error.PutText(NLMSGERR_ATTR_MSG, "/run/netns/cni-9f: dump routes: it holds more than is taken of it");
  const std::string mapped = AnonymizedMessage(anonymizer, KernelTable::kPods, error.get());
  REQUIRE(mapped.size() > sizeof(nlmsghdr));
  std::vector<PodNetwork> pods(1);
  const absl::Status read = AppendRow(*reinterpret_cast<const nlmsghdr*>(mapped.data()), pods);
  CHECK(absl::IsUnavailable(read));
  CHECK(absl::StrContains(read.message(), ": dump routes: it holds more than is taken of it"));
  CHECK_FALSE(absl::StrContains(read.message(), "9f"));
}

TEST_CASE("a link keeps its numbers and its kind, and gets another name and hardware address") {
  const Anonymizer anonymizer({1, 2});
  const MacAddress mac = {0x62, 1, 2, 3, 4, 5};
  const ifinfomsg header = With<ifinfomsg>([](ifinfomsg& made) {
    made.ifi_family = AF_UNSPEC;
    made.ifi_index = 7;
    made.ifi_flags = 1;
  });
  NetlinkMessage info;
  info.PutText(IFLA_INFO_KIND, "vxlan");
  NetlinkMessage message(RTM_NEWLINK, header);
  message.PutText(IFLA_IFNAME, "uplink-acme").Put(IFLA_MTU, uint32_t{1450}).Put(IFLA_ADDRESS, mac);
  message.PutText(IFLA_IFALIAS, "of-acme").PutNest(IFLA_LINKINFO, info).Put(IFLA_CARRIER, uint8_t{1});
  const auto links = RowsOf<Link>(anonymizer, message);
  REQUIRE(links.size() == 1);
  CHECK(links[0].index == 7);
  CHECK(links[0].mtu == 1450);
  CHECK(links[0].kind == "vxlan");
  CHECK(links[0].carrier);
  CHECK(links[0].name == anonymizer.Word("uplink-acme"));
  CHECK(links[0].mac == anonymizer.addresses().Map(mac));
  CHECK_FALSE(absl::StrContains(AnonymizedMessage(anonymizer, KernelTable::kLinks, message.get()), "acme"));
}

TEST_CASE("what a VXLAN device was made with keeps its numbers and gets other addresses") {
  const Anonymizer anonymizer({1, 2});
  NetlinkMessage data, info;
  data.Put(IFLA_VXLAN_ID, uint32_t{4096}).PutAddress(IFLA_VXLAN_LOCAL, "10.9.0.11").Put(999, uint32_t{0xacacacac});
  info.PutText(IFLA_INFO_KIND, "vxlan").PutNest(IFLA_INFO_DATA, data);
  NetlinkMessage message(RTM_NEWLINK, ifinfomsg{});
  message.PutNest(IFLA_LINKINFO, info);
  NetlinkMessage expected_data, expected_info, expected(RTM_NEWLINK, ifinfomsg{});
  expected_data.Put(IFLA_VXLAN_ID, uint32_t{4096});
  expected_data.PutAddress(IFLA_VXLAN_LOCAL, Mapped(anonymizer, "10.9.0.11").ToString());
  expected_info.PutBytes(IFLA_INFO_KIND, "vxlan", 6).PutNest(IFLA_INFO_DATA, expected_data);
  expected.PutNest(IFLA_LINKINFO, expected_info);
  const auto bytes = [](const nlmsghdr& header) {
    return std::string(reinterpret_cast<const char*>(&header) + sizeof header, header.nlmsg_len - sizeof header);
  };
  CHECK(AnonymizedMessage(anonymizer, KernelTable::kLinks, message.get()).substr(sizeof(nlmsghdr)) ==
        bytes(expected.get()));
}

TEST_CASE("a route's destination stays a network of its length, and each path gets another gateway") {
  const Anonymizer anonymizer({1, 2});
  const rtmsg header = With<rtmsg>([](rtmsg& made) {
    made.rtm_family = AF_INET;
    made.rtm_dst_len = 26;
    made.rtm_table = RT_TABLE_MAIN;
    made.rtm_protocol = 12;
  });
  NetlinkMessage hop;
  hop.PutAddress(RTA_GATEWAY, "10.9.0.12").Put(RTA_ENCAP, uint32_t{7});
  const auto& attributes = hop.get();
  rtnexthop path{.rtnh_len = static_cast<uint16_t>(sizeof(rtnexthop) + attributes.nlmsg_len - NLMSG_HDRLEN),
                 .rtnh_flags = 0,
                 .rtnh_hops = 0,
                 .rtnh_ifindex = 3};
  std::string paths(reinterpret_cast<const char*>(&path), sizeof path);
  paths.append(reinterpret_cast<const char*>(&attributes) + NLMSG_HDRLEN, attributes.nlmsg_len - NLMSG_HDRLEN);
  NetlinkMessage message(RTM_NEWROUTE, header);
  message.PutAddress(RTA_DST, "10.48.40.128").Put(RTA_PRIORITY, uint32_t{1024});
  message.PutBytes(RTA_MULTIPATH, (paths + paths).data(), 2 * paths.size());
  const auto routes = RowsOf<Route>(anonymizer, message);
  REQUIRE(routes.size() == 2);
  for (const Route& route : routes) {
    CHECK(route.destination == anonymizer.addresses().Map(*Prefix::Parse("10.48.40.128/26")));
    CHECK(route.gateway == Mapped(anonymizer, "10.9.0.12"));
    CHECK(route.metric == 1024);
    CHECK(route.link == 3);
  }
}

TEST_CASE("neighbors, addresses and sockets get the same other addresses") {
  const Anonymizer anonymizer({1, 2});
  NetlinkMessage neighbor(RTM_NEWNEIGH, With<ndmsg>([](ndmsg& made) {
                            made.ndm_family = AF_INET;
                            made.ndm_ifindex = 3;
                            made.ndm_state = NUD_REACHABLE;
                          }));
  neighbor.PutAddress(NDA_DST, "10.9.0.12").Put(NDA_LLADDR, MacAddress{2, 0, 0, 0, 0, 7});
  const auto neighbors = RowsOf<Neighbor>(anonymizer, neighbor);
  REQUIRE(neighbors.size() == 1);
  CHECK(neighbors[0].address == Mapped(anonymizer, "10.9.0.12"));
  CHECK(neighbors[0].mac == anonymizer.addresses().Map(MacAddress{2, 0, 0, 0, 0, 7}));

  NetlinkMessage address(RTM_NEWADDR, With<ifaddrmsg>([](ifaddrmsg& made) {
                           made.ifa_family = AF_INET6;
                           made.ifa_prefixlen = 64;
                         }));
  address.PutAddress(IFA_ADDRESS, "fd39::12").PutText(IFA_LABEL, "acme");
  const auto addresses = RowsOf<Address>(anonymizer, address);
  REQUIRE(addresses.size() == 1);
  CHECK(addresses[0].address == Mapped(anonymizer, "fd39::12"));

  inet_diag_msg socket{};
  socket.idiag_family = AF_INET;
  socket.idiag_uid = 1000;
  socket.id.idiag_dport = htons(kBgpPort);
  const IpAddress peer = *IpAddress::Parse("10.9.0.12");
  std::memcpy(socket.id.idiag_dst, peer.bytes.data(), 4);
  const auto sockets =
      RowsOf<BgpSocket>(anonymizer, NetlinkMessage(SOCK_DIAG_BY_FAMILY, socket), KernelTable::kBgpSockets);
  REQUIRE(sockets.size() == 1);
  CHECK(sockets[0].remote == Mapped(anonymizer, "10.9.0.12"));
  CHECK(sockets[0].local.IsUnspecified());
}

TEST_CASE("a hardware address of another length is an IP tunnel's, or nothing") {
  const Anonymizer anonymizer({1, 2});
  NetlinkMessage message(RTM_NEWLINK, ifinfomsg{});
  message.PutAddress(IFLA_ADDRESS, "10.9.0.12").PutText(IFLA_BROADCAST, "a secret of 20 bytes");
  const std::string mapped = AnonymizedMessage(anonymizer, KernelTable::kLinks, message.get());
  const IpAddress other = Mapped(anonymizer, "10.9.0.12");
  CHECK(absl::StrContains(mapped, std::string(reinterpret_cast<const char*>(other.bytes.data()), 4)));
  CHECK_FALSE(absl::StrContains(mapped, "secret"));
}

TEST_CASE("policy rules get other addresses and names, and keep the rest") {
  const Anonymizer anonymizer({1, 2});
  NetlinkMessage message(RTM_NEWRULE, With<fib_rule_hdr>([](fib_rule_hdr& made) {
                           made.family = AF_INET;
                           made.dst_len = 0;
                           made.src_len = 16;
                         }));
  message.PutAddress(FRA_SRC, "10.48.0.0").PutText(FRA_IIFNAME, "acme0").Put(FRA_PRIORITY, uint32_t{99});
  const std::string mapped = AnonymizedMessage(anonymizer, KernelTable::kLinks, message.get());
  const IpAddress network = anonymizer.addresses().Map(*Prefix::Parse("10.48.0.0/16")).address;
  CHECK(absl::StrContains(mapped, std::string(reinterpret_cast<const char*>(network.bytes.data()), 4)));
  CHECK(absl::StrContains(mapped, anonymizer.Word("acme0")));
  CHECK_FALSE(absl::StrContains(mapped, "acme0"));
}

TEST_CASE("an attribute that nobody knows is left out, and so is a message") {
  const Anonymizer anonymizer({1, 2});
  NetlinkMessage message(RTM_NEWNEIGH, With<ndmsg>([](ndmsg& made) { made.ndm_family = AF_INET; }));
  for (int type = 100; type < 200; ++type) message.PutText(type, "secret");
  CHECK(AnonymizedMessage(anonymizer, KernelTable::kLinks, message.get()).size() == NLMSG_HDRLEN + sizeof(ndmsg));
  CHECK(AnonymizedMessage(anonymizer, KernelTable::kLinks, NetlinkMessage(RTM_NEWACTION, ifinfomsg{}).get()).empty());
}

TEST_CASE("there are rules for the answers to every dump") {
  for (const KernelDump& dump : kKernelDumps) {
    if (dump.request == 0) continue;
    CAPTURE(dump.name);
    const bool same_type =
        dump.table == KernelTable::kBgpSockets;  // rtnetlink's RTM_NEW… stands two before its RTM_GET…
    CHECK(FindMessageRule(dump.table, static_cast<uint16_t>(same_type ? dump.request : dump.request - 2)) != nullptr);
  }
}

TEST_CASE("a message that is cut short stays so, wherever it is cut, and nothing is read beyond it") {
  const Anonymizer anonymizer({1, 2});
  NetlinkMessage message(RTM_NEWNEIGH, With<ndmsg>([](ndmsg& made) {
                           made.ndm_family = AF_INET;
                           made.ndm_state = NUD_REACHABLE;
                         }));
  message.PutAddress(NDA_DST, "10.9.0.12").Put(NDA_LLADDR, MacAddress{2, 0, 0, 0, 0, 7});
  for (size_t size = NLMSG_HDRLEN; size <= message.get().nlmsg_len; ++size) {
    CAPTURE(size);
    std::vector<uint64_t> whole(size / 8 + 1);
    std::memcpy(whole.data(), &message.get(), size);
    auto& cut = *reinterpret_cast<nlmsghdr*>(whole.data());
    cut.nlmsg_len = static_cast<uint32_t>(size);
    std::vector<Neighbor> before, after;
    const absl::Status was = AppendRow(cut, before);
    const std::string mapped = AnonymizedMessage(anonymizer, KernelTable::kNeighbors, cut);
    CHECK(AppendRow(*reinterpret_cast<const nlmsghdr*>(mapped.data()), after).ok() == was.ok());
    CHECK(after.size() == before.size());
  }
}

}  // namespace caliwatch
