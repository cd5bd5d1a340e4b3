// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <absl/strings/string_view.h>

#include "lib/model/node_probe.h"

namespace caliwatch {

// The texts of /proc/net/snmp, snmp6 and dev. Absent: the first does not count wrong checksums. Without the second
// there is no IPv6; of devices, those that are asked for and there.
std::optional<ArrivalCounts> ArrivalCountsFrom(absl::string_view snmp, absl::string_view snmp6, absl::string_view dev,
                                               const std::vector<std::string>& devices);

}  // namespace caliwatch
