// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lib/model/snapshot.h"

namespace caliwatch {

// What Felix leaves on a node that it works on. Each proves that it did so since the node booted, but for the file mtu,
// which is on disk; none proves that it runs now. What could not be read counts as not there.
struct FelixTraces {
  bool endpoint_files = false;  // its folder endpoint-status, empty or not
  bool mtu_file = false;
  bool routes = false;   // of its protocol number
  bool devices = false;  // tunnels that Felix makes; tunl0 is the kernel's

  bool any() const { return endpoint_files || mtu_file || routes || devices; }
  bool operator==(const FelixTraces&) const = default;
};

FelixTraces FindFelixTraces(const Snapshot& snapshot);

}  // namespace caliwatch
