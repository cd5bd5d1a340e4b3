// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "lib/ipam/judge.h"

namespace caliwatch {

// One thing that is known of an address.
struct AddressFact {
  std::string about;  // "record", "handle", "block", "claim", "pool", "pod", "endpoint", "node" …
  std::string text;
};

// All that is known of one address, in an order to be read. `before`: an earlier look's records, or null.
std::vector<AddressFact> TellAddress(const IpAddress& address, const ClusterRecords& records,
                                     const ClusterRecords* before, const IpamReport& report);

}  // namespace caliwatch
