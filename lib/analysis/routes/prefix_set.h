// SPDX-License-Identifier: Apache-2.0
#pragma once

// Arithmetic of prefixes. All of it ends after as many steps as an address has bits, whatever the node says.

#include <bitset>
#include <cstdint>

#include <absl/container/flat_hash_set.h>

#include "lib/model/per_family.h"
#include "lib/model/prefix.h"

namespace caliwatch {

// The network of the first `length` bits.
Prefix Shortened(Prefix prefix, uint8_t length);

// The smallest network around both. Families have none in common: it is `a` then.
Prefix HullOf(const Prefix& a, const Prefix& b);

// Networks, to be asked for addresses: one look for each length that is among them, however many there are.
class PrefixSet {
 public:
  void Insert(const Prefix& prefix);
  // One of them holds the address.
  bool Hold(const IpAddress& address) const;

 private:
  absl::flat_hash_set<Prefix> prefixes_;
  PerFamily<std::bitset<129>> lengths_;
};

}  // namespace caliwatch
