// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <absl/time/time.h>

#include "lib/model/prefix.h"

namespace caliwatch {

// An address that a workload has on a node: its interface is there, and the node's routes lead to it there.
struct HeldAddress {
  IpAddress address;
  std::string interface;
  std::string pod = {};           // "namespace/name"; empty where nobody says
  absl::Duration unchanged = {};  // for how long the agent has seen it so

  bool operator==(const HeldAddress&) const = default;
};

}  // namespace caliwatch
