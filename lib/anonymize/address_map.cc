// SPDX-License-Identifier: Apache-2.0
#include "lib/anonymize/address_map.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <absl/strings/str_cat.h>

namespace caliwatch {
namespace {

struct Range {
  Prefix prefix;
  bool stays;  // with all that is in it; else what is in it is mapped within
};

// Registered by IANA: special-purpose addresses of both families.
const std::array<Range, 15>& Ranges() {
  const auto range = [](absl::string_view prefix, bool stays) { return Range{*Prefix::Parse(prefix), stays}; };
  static const std::array<Range, 15> ranges = {range("0.0.0.0/8", true),
                                               range("10.0.0.0/8", false),
                                               range("100.64.0.0/10", false),
                                               range("127.0.0.0/8", true),
                                               range("169.254.0.0/16", true),
                                               range("172.16.0.0/12", false),
                                               range("192.168.0.0/16", false),
                                               range("224.0.0.0/3", true),  // multicast, reserved, broadcast
                                               range("::/8", true),
                                               range("2000::/3", false),
                                               range("fc00::/8", false),
                                               range("fd00::/8", false),
                                               range("fe80::/10", true),
                                               range("fec0::/10", true),
                                               range("ff00::/8", true)};
  return ranges;
}

bool Stays(const IpAddress& address) {
  return std::any_of(Ranges().begin(), Ranges().end(),
                     [&](const Range& range) { return range.stays && range.prefix.Contains(address); });
}

// `address` up to its first `length` bits, the rest zero.
IpAddress Cut(IpAddress address, size_t length) {
  for (size_t at = length; at < address.bits(); ++at) address.bytes[at / 8] &= static_cast<uint8_t>(~(0x80 >> at % 8));
  return address;
}

// Whether some range begins with these `length` bits and goes on: a bit turned here would lead into it, or out.
bool LeadsToARange(const IpAddress& start, size_t length) {
  const Prefix path{start, static_cast<uint8_t>(length)};
  return std::any_of(Ranges().begin(), Ranges().end(), [&](const Range& range) {
    return range.prefix.length > length && path.Contains(range.prefix.address);
  });
}

// Where an IPv4 address stands in an IPv6 one: IPv4-mapped, and NAT64's prefix.
bool HoldsIpv4(const IpAddress& address) {
  static const std::array<Prefix, 2> kAround = {*Prefix::Parse("::ffff:0:0/96"), *Prefix::Parse("64:ff9b::/96")};
  return address.family == Family::kIpv6 &&
         std::any_of(kAround.begin(), kAround.end(), [&](const Prefix& around) { return around.Contains(address); });
}

}  // namespace

IpAddress AddressMap::Map(const IpAddress& address) const {
  if (HoldsIpv4(address)) {
    IpAddress mapped = address;
    const IpAddress inner = Map(IpAddress::FromBytes(Family::kIpv4, &address.bytes[12]));
    std::copy_n(inner.bytes.begin(), 4, mapped.bytes.begin() + 12);
    return mapped;
  }
  if (address.family == Family::kIpv6 && (address.IsLinkLocal() || address.bytes[0] == 0xff))
    return MapLinkLocal(address);
  return Stays(address) ? address : MapBits(address, 0);
}

// Each bit is turned or not as the hash of all bits before it says.
IpAddress AddressMap::MapBits(const IpAddress& address, size_t from) const {
  IpAddress mapped = address;
  for (size_t at = from; at < address.bits(); ++at) {
    const IpAddress before = Cut(address, at);
    if (from == 0 && LeadsToARange(before, at)) continue;
    const absl::string_view bytes(reinterpret_cast<const char*>(before.bytes.data()), before.bytes.size());
    if ((hash_(absl::StrCat("address", ToString(address.family), at, " ", bytes)) & 1) != 0)
      mapped.bytes[at / 8] ^= static_cast<uint8_t>(0x80 >> at % 8);
  }
  return mapped;
}

// Of a multicast group, only that of "all who have these last 24 bits" tells something.
IpAddress AddressMap::MapLinkLocal(IpAddress address) const {
  static const Prefix kSolicited = *Prefix::Parse("ff02::1:ff00:0/104");
  if (address.bytes[0] == 0xff) {
    if (kSolicited.Contains(address)) MapTail(&address.bytes[13]);
    return address;
  }
  uint8_t* half = &address.bytes[8];
  if (std::all_of(half, half + 7, [](uint8_t byte) { return byte == 0; })) return address;  // fe80::1
  if (half[3] != 0xff || half[4] != 0xfe) return MapBits(address, 64);
  MacAddress mac = {static_cast<uint8_t>(half[0] ^ 2), half[1], half[2], half[5], half[6], half[7]};
  mac = Map(mac);
  const std::array<uint8_t, 8> mapped = {
      static_cast<uint8_t>(mac[0] ^ 2), mac[1], mac[2], 0xff, 0xfe, mac[3], mac[4], mac[5]};
  std::copy(mapped.begin(), mapped.end(), half);
  return address;
}

void AddressMap::MapTail(uint8_t* three_bytes) const {
  std::array<uint8_t, 3> turned = {};
  for (size_t at = 0; at < 24; ++at) {
    std::array<uint8_t, 3> path = {three_bytes[0], three_bytes[1], three_bytes[2]};
    for (size_t rest = at; rest < 24; ++rest) path[rest / 8] &= static_cast<uint8_t>(~(0x80 >> rest % 8));
    const absl::string_view before(reinterpret_cast<const char*>(path.data()), path.size());
    if ((hash_(absl::StrCat("tail", at, " ", before)) & 1) != 0) turned[at / 8] |= static_cast<uint8_t>(0x80 >> at % 8);
  }
  for (size_t i = 0; i < turned.size(); ++i) three_bytes[i] ^= turned[i];
}

Prefix AddressMap::Map(const Prefix& prefix) const {
  if (prefix.IsDefault()) return prefix;
  const IpAddress mapped = Map(prefix.address);
  const bool is_network = Cut(prefix.address, prefix.length) == prefix.address;
  return {is_network ? Cut(mapped, prefix.length) : mapped, prefix.length};
}

MacAddress AddressMap::Map(const MacAddress& mac) const {
  constexpr MacAddress kWorkload = {0xee, 0xee, 0xee, 0xee, 0xee, 0xee};
  MacAddress mapped = mac;
  if (mac[0] == 0x33 && mac[1] == 0x33) {
    if (mac[2] == 0xff) MapTail(&mapped[3]);
    return mapped;
  }
  if (mac == MacAddress{} || mac == kWorkload || (mac[0] & 1) != 0) return mac;
  const absl::string_view bytes(reinterpret_cast<const char*>(mac.data()), mac.size());
  const uint64_t hash = hash_(absl::StrCat("mac ", bytes));
  std::memcpy(mapped.data(), &hash, mapped.size());
  mapped[0] = static_cast<uint8_t>((mapped[0] & ~3) | (mac[0] & 3));
  return mapped;
}

}  // namespace caliwatch
