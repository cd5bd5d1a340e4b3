// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lib/anonymize/keyed_hash.h"
#include "lib/model/kernel.h"
#include "lib/model/prefix.h"

namespace caliwatch {

// Other addresses in the place of a node's, one for each, such that two have as many leading bits in common as before
// (Xu, Fan, Ammar and Moon 2002, known as Crypto-PAn): what lay in a block lies in that block's place.
//
// It stays what has a meaning of its own: unspecified, loopback, link-local IPv4, multicast and reserved addresses,
// the default route. A private address stays private, of the same range (10.0.0.0/8, 172.16.0.0/12,
// 192.168.0.0/16, 100.64.0.0/10, fd00::/8); a public one keeps the few leading bits that tell it from these. The
// interface's half of a link-local IPv6 address follows the hardware address that it is made of.
class AddressMap {
 public:
  // `hash` must outlive the result.
  explicit AddressMap(const KeyedHash& hash) : hash_(hash) {}

  IpAddress Map(const IpAddress& address) const;
  // Host bits that were zero are.
  Prefix Map(const Prefix& prefix) const;
  // Stays: zero, broadcast, ee:ee:ee:ee:ee:ee, which Calico gives each workload's interface, and multicast but for what
  // it takes from an IPv6 address. Whether an address is a local one stays, too.
  MacAddress Map(const MacAddress& mac) const;

 private:
  IpAddress MapBits(const IpAddress& address, size_t from) const;
  IpAddress MapLinkLocal(IpAddress address) const;
  // The last 24 bits of an IPv6 address, of which its multicast group is made.
  void MapTail(uint8_t* three_bytes) const;

  const KeyedHash& hash_;
};

}  // namespace caliwatch
