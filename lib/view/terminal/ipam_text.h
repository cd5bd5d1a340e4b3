// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "lib/ipam/address_story.h"
#include "lib/ipam/judge.h"

namespace caliwatch {

// A look at IPAM, for a terminal.
std::string IpamText(const IpamReport& report);

// The same of one address.
std::string AddressText(const IpAddress& address, const std::vector<AddressFact>& facts);

}  // namespace caliwatch
