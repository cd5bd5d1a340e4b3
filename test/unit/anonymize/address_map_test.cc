// SPDX-License-Identifier: Apache-2.0
#include "lib/anonymize/address_map.h"

#include <random>
#include <set>
#include <string>
#include <vector>

#include "test/support/catch.h"

namespace caliwatch {
namespace {

IpAddress Ip(absl::string_view text) { return *IpAddress::Parse(text); }
Prefix Net(absl::string_view text) { return *Prefix::Parse(text); }

size_t CommonBits(const IpAddress& a, const IpAddress& b) {
  size_t bits = 0;
  while (bits < a.size() * 8 && ((a.bytes[bits / 8] ^ b.bytes[bits / 8]) & 0x80 >> bits % 8) == 0) ++bits;
  return bits;
}

std::vector<IpAddress> RandomAddresses(Family family, absl::string_view within, size_t count) {
  std::mt19937 random(7);
  const Prefix around = Net(within);
  std::vector<IpAddress> addresses;
  for (size_t i = 0; i < count; ++i) {
    IpAddress address = around.address;
    for (size_t bit = around.length + i % 9; bit < address.size() * 8; ++bit)
      if ((random() & 1) != 0) address.bytes[bit / 8] ^= static_cast<uint8_t>(0x80 >> bit % 8);
    address.family = family;
    addresses.push_back(address);
  }
  return addresses;
}

struct Mapping {
  KeyedHash hash{{1, 2}};
  AddressMap map{hash};
};

}  // namespace

TEST_CASE("two addresses have as many leading bits in common as before, and no two become one") {
  const Mapping mapping;
  for (const char* within : {"10.0.0.0/8", "192.168.0.0/16", "0.0.0.0/0", "128.0.0.0/2", "2a00::/12", "fd00::/8"}) {
    CAPTURE(within);
    const Family family = absl::StrContains(within, ':') ? Family::kIpv6 : Family::kIpv4;
    const std::vector<IpAddress> addresses = RandomAddresses(family, within, 60);
    for (const IpAddress& a : addresses)
      for (const IpAddress& b : addresses)
        REQUIRE(CommonBits(mapping.map.Map(a), mapping.map.Map(b)) == CommonBits(a, b));
  }
}

TEST_CASE("what lies in a block lies in that block's place, and a network's host bits stay zero") {
  const Mapping mapping;
  for (const char* network : {"10.48.40.128/26", "192.168.0.0/16", "172.16.5.0/24", "fd10::11:0/122", "8.8.8.0/24"}) {
    CAPTURE(network);
    const Prefix before = Net(network), after = mapping.map.Map(before);
    CHECK(after.length == before.length);
    for (const IpAddress& address : RandomAddresses(before.address.family, network, 20))
      CHECK(after.Contains(mapping.map.Map(address)) == before.Contains(address));
    CHECK(mapping.map.Map(after.address) != after.address);
    CHECK(*Prefix::Parse(after.ToString()) == after);
  }
  const Prefix with_host = mapping.map.Map(Net("10.48.40.129/26"));
  CHECK(with_host.address == mapping.map.Map(Ip("10.48.40.129")));
}

TEST_CASE("what has a meaning of its own stays, and nothing else comes there") {
  const Mapping mapping;
  for (const char* stays : {"0.0.0.0", "127.0.0.1", "169.254.1.1", "224.0.0.5", "255.255.255.255", "::", "::1",
                            "fe80::1", "fe80::ecee:eeff:feee:eeee", "ff02::1", "ff02::2"})
    CHECK(mapping.map.Map(Ip(stays)) == Ip(stays));
  for (const char* stays : {"0.0.0.0/0", "::/0", "fe80::/64", "ff00::/8", "224.0.0.0/4", "127.0.0.0/8"})
    CHECK(mapping.map.Map(Net(stays)) == Net(stays));
  for (uint64_t key = 0; key < 200; ++key) {
    const KeyedHash hash({key, 3});
    const AddressMap map(hash);
    for (const char* around :
         {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fd00::/8", "2000::/3"})
      for (const IpAddress& address : RandomAddresses(Net(around).address.family, around, 9))
        CHECK(Net(around).Contains(map.Map(address)));
    for (const char* text : {"8.8.8.8", "11.0.0.1", "169.253.1.1", "172.15.9.9", "192.167.1.1", "203.0.113.7"})
      for (const char* special : {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
                                  "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3"})
        CHECK_FALSE(Net(special).Contains(map.Map(Ip(text))));
  }
}

TEST_CASE("an address within an IPv6 one, and one made of a hardware address, follow what they are made of") {
  const Mapping mapping;
  const std::string inner = mapping.map.Map(Ip("10.1.2.3")).ToString();
  CHECK(mapping.map.Map(Ip("::ffff:10.1.2.3")) == Ip("::ffff:" + inner));
  CHECK(mapping.map.Map(Ip("64:ff9b::10.1.2.3")) == Ip("64:ff9b::" + inner));

  const MacAddress mac = mapping.map.Map(MacAddress{0x62, 0xe5, 0x09, 0xf0, 0x3a, 0x99});
  const IpAddress of_mac = mapping.map.Map(Ip("fe80::60e5:9ff:fef0:3a99"));
  CHECK(of_mac.bytes[8] == (mac[0] ^ 2));
  CHECK(std::equal(mac.begin() + 1, mac.begin() + 3, of_mac.bytes.begin() + 9));
  CHECK(std::equal(mac.begin() + 3, mac.end(), of_mac.bytes.begin() + 13));
  CHECK(of_mac.IsLinkLocal());
}

TEST_CASE("hardware addresses become others, but for Calico's, none and those of groups") {
  const Mapping mapping;
  for (const MacAddress stays :
       {MacAddress{}, MacAddress{0xee, 0xee, 0xee, 0xee, 0xee, 0xee}, MacAddress{0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
        MacAddress{1, 0, 0x5e, 0, 0, 5}, MacAddress{0x33, 0x33, 0, 0, 0, 1}})
    CHECK(mapping.map.Map(stays) == stays);
  std::set<MacAddress> seen;
  for (uint8_t last = 0; last < 200; ++last) {
    const MacAddress before = {static_cast<uint8_t>(last % 2 == 0 ? 0x62 : 0x00), 1, 2, 3, 4, last};
    const MacAddress after = mapping.map.Map(before);
    CHECK(after != before);
    CHECK((after[0] & 3) == (before[0] & 3));
    seen.insert(after);
  }
  CHECK(seen.size() == 200);
}

TEST_CASE("the group of those with an address's last bits tells these bits no more") {
  const Mapping mapping;
  const IpAddress group = mapping.map.Map(Ip("ff02::1:ff12:3456"));
  CHECK(group != Ip("ff02::1:ff12:3456"));
  CHECK(Net("ff02::1:ff00:0/104").Contains(group));
  const MacAddress mac = mapping.map.Map(MacAddress{0x33, 0x33, 0xff, 0x12, 0x34, 0x56});
  CHECK(std::equal(mac.begin() + 3, mac.end(), group.bytes.begin() + 13));
  std::set<std::string> groups;
  for (int last = 0; last < 256; ++last) {
    IpAddress each = Ip("ff02::1:ff12:3400");
    each.bytes[15] = static_cast<uint8_t>(last);
    groups.insert(mapping.map.Map(each).ToString());
  }
  CHECK(groups.size() == 256);
}

TEST_CASE("another key gives other addresses") {
  const Mapping mapping;
  const KeyedHash hash({3, 4});
  CHECK(AddressMap(hash).Map(Ip("10.1.2.3")) != mapping.map.Map(Ip("10.1.2.3")));
}

}  // namespace caliwatch
