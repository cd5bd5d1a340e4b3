// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "lib/ipam/judge.h"

namespace caliwatch {

// What the findings that count have to type, in an order that does no harm: no node may get new pods before the last
// pod is gone whose address has no record. So all cordons come first and all uncordons last, each command once.
std::vector<std::string> CommandsOf(const IpamReport& report);

}  // namespace caliwatch
