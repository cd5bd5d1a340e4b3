// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

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
  bool IsUnspecified() const { return bytes == std::array<uint8_t, 16>{}; }
  bool IsLinkLocal() const;  // 169.254.0.0/16 or fe80::/10
  std::string ToString() const;

  auto operator<=>(const IpAddress&) const = default;
  template <class Hash>
  friend Hash AbslHashValue(Hash hash, const IpAddress& address) {
    return Hash::combine(std::move(hash), address.family, address.bytes);
  }
};

// An address block. Host bits are kept as the source gave them; the kernel and BIRD always give zeros.
struct Prefix {
  IpAddress address;
  uint8_t length = 0;

  // "192.168.2.128/26"; without a length, that of a single address.
  static absl::StatusOr<Prefix> Parse(absl::string_view text);

  bool IsSingleAddress() const { return length == address.size() * 8; }
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
