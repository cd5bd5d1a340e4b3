// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/analysis/routes/route_lookup.h"
#include "lib/model/link_index.h"

namespace caliwatch {

// What is wrong with the address that Calico knows a node by, though an interface has it.
enum class AddressProblem : uint8_t {
  kElsewhere,  // its interface leads to none of the other nodes
  kSecond,     // it came to an interface that has another address of that network: a virtual one, which moves
  kTemporary,  // IPv6 with privacy extensions: the kernel gives it up within days
  kNotSource,  // the kernel sends its own packets, and those of IPIP, to other nodes from another address
};

struct AddressFault {
  AddressProblem problem;
  std::string interface;                      // that has the address
  std::string towards = {};                   // kElsewhere: the interface that leads to the other nodes
  std::optional<Address> instead = {};        // kElsewhere: the only one of `towards`, if it has but one;
                                              // kSecond: that which stays; kNotSource: that which is taken
  std::optional<IpAddress> for_example = {};  // kElsewhere, kNotSource: a node that it was seen by
};

// Of an address, and the addresses of other nodes; those of the other family do not count. Absent: nothing is wrong
// with it, it is on no interface, or there is no other node to tell by.
std::optional<AddressFault> FaultOf(const IpAddress& address, const std::vector<IpAddress>& others,
                                    const std::vector<Address>& addresses, const LinkIndex& links,
                                    const RouteLookup& lookup);

}  // namespace caliwatch
