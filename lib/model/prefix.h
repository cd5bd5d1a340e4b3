// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <endian.h>

namespace caliwatch {

enum class Family : uint8_t { kIpv4, kIpv6 };
inline constexpr std::array<Family, 2> kFamilies = {Family::kIpv4, Family::kIpv6};

// "ipv4" or "ipv6", as every metric's label `family` spells it.
absl::string_view ToString(Family family);

// Trivially copyable. Bytes beyond the family's length are zero, so that comparison needs no cases.
struct IpAddress {
  Family family = Family::kIpv4;
  std::array<uint8_t, 16> bytes{};  // network order

  // Fails with InvalidArgument on anything but one plain address (no prefix length, no zone).
  static absl::StatusOr<IpAddress> Parse(absl::string_view text);
  // `network_order` holds at least 4 bytes for IPv4, 16 for IPv6.
  static IpAddress FromBytes(Family family, const void* network_order);

  size_t size() const { return family == Family::kIpv4 ? 4 : 16; }
  constexpr size_t bits() const { return family == Family::kIpv4 ? 32 : 128; }
  bool IsUnspecified() const { return bytes == std::array<uint8_t, 16>{}; }
  bool IsLinkLocal() const;  // 169.254.0.0/16 or fe80::/10
  std::string ToString() const;

  // Word by word: a poll of a node with many routes compares a million of them.
  bool operator==(const IpAddress& other) const { return family == other.family && Words() == other.Words(); }
  std::strong_ordering operator<=>(const IpAddress& other) const {
    if (family != other.family) return family <=> other.family;
    const std::array<uint64_t, 2> ours = Words(), theirs = other.Words();
    if (ours[0] != theirs[0]) return be64toh(ours[0]) <=> be64toh(theirs[0]);
    return be64toh(ours[1]) <=> be64toh(theirs[1]);
  }
  template <class Hash>
  friend Hash AbslHashValue(Hash hash, const IpAddress& address) {
    const std::array<uint64_t, 2> words = address.Words();
    if (address.family == Family::kIpv4) return Hash::combine(std::move(hash), words[0]);
    return Hash::combine(std::move(hash), words[0], words[1]);
  }

 private:
  std::array<uint64_t, 2> Words() const { return std::bit_cast<std::array<uint64_t, 2>>(bytes); }
};

// An address block. Host bits are kept as the source gave them; the kernel and BIRD always give zeros. No longer than
// its address, whatever a source says: what decodes one says so, and what is made here is cut to it.
struct Prefix {
  IpAddress address;
  uint8_t length = 0;

  constexpr Prefix() = default;
  constexpr Prefix(const IpAddress& of, size_t bits)
      : address(of), length(static_cast<uint8_t>(std::min(bits, of.bits()))) {}
  // "192.168.2.128/26"; without a length, that of a single address.
  static absl::StatusOr<Prefix> Parse(absl::string_view text);

  bool IsSingleAddress() const { return length == address.bits(); }
  bool IsDefault() const { return length == 0; }
  bool Contains(const IpAddress& inner) const;
  std::string ToString() const;

  auto operator<=>(const Prefix&) const = default;
  template <class Hash>
  friend Hash AbslHashValue(Hash hash, const Prefix& prefix) {
    return Hash::combine(std::move(hash), prefix.address, prefix.length);
  }
};

}  // namespace caliwatch
