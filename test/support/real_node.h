// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "lib/model/snapshot.h"

namespace caliwatch {

// A node of real Calico, of test/recordings/calico: "vxlan-healthy". A test takes rows out of it, or changes one.
Snapshot RealNode(const std::string& recording);

// "lookup TABLE", for all packets. The recordings were made before rules were read; each kernel has those of the tables
// local, main and default.
Rule LookUp(uint32_t priority, uint32_t table);

// The same with what follows from the device being switched off: the kernel drops its routes, neighbors of VXLAN stay.
void SwitchOff(Snapshot& node, absl::string_view device);
// The device and all that is on it.
void Remove(Snapshot& node, absl::string_view device);
// Its addresses, and what the kernel drops with them.
void TakeAddress(Snapshot& node, absl::string_view device);

}  // namespace caliwatch
