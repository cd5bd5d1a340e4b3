// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/prefix_set.h"

#include <algorithm>

namespace caliwatch {
namespace {

uint8_t BitsOf(const IpAddress& address) { return static_cast<uint8_t>(address.bits()); }

}  // namespace

Prefix Shortened(Prefix prefix, uint8_t length) {
  const size_t whole = length / 8;
  for (size_t i = whole; i < prefix.address.size(); ++i)
    prefix.address.bytes[i] &= i == whole ? static_cast<uint8_t>(0xff << (8 - length % 8)) : uint8_t{0};
  prefix.length = length;
  return prefix;
}

Prefix HullOf(const Prefix& a, const Prefix& b) {
  if (a.address.family != b.address.family) return a;
  uint8_t length = std::min({a.length, b.length, BitsOf(a.address)});
  while (length > 0 && Shortened(a, length) != Shortened(b, length)) --length;
  return Shortened(a, length);
}

void PrefixSet::Insert(const Prefix& prefix) {
  const uint8_t length = std::min(prefix.length, BitsOf(prefix.address));
  prefixes_.insert(Shortened(prefix, length));
  lengths_[prefix.address.family].set(length);
}

bool PrefixSet::Hold(const IpAddress& address) const {
  const std::bitset<129>& lengths = lengths_[address.family];
  if (lengths.none()) return false;
  for (int length = BitsOf(address); length >= 0; --length)
    if (lengths.test(static_cast<size_t>(length)) &&
        prefixes_.contains(Shortened({address, 0}, static_cast<uint8_t>(length))))
      return true;
  return false;
}

}  // namespace caliwatch
