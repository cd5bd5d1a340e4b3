// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which of its tunnels Calico has switched on, as far as the node shows it where the tunnel itself is missing.

#include <string>
#include <vector>

#include <absl/strings/string_view.h>

#include "lib/model/snapshot.h"

namespace caliwatch {

// Felix gives pods the MTU of the network, less what the headers of the tunnels take that it has on; of several, the
// most (felix/dataplane/linux/int_dataplane.go in Calico's source). So 1480 or 1450 bytes on a network of 1500 name
// the tunnel.
struct Encapsulation {
  absl::string_view device;  // "tunl0", "vxlan.calico", …, of static storage; empty: none, or it cannot be told
  uint32_t pods = 0;         // their MTU in bytes
  std::string network;       // the interface that it was reckoned from
  uint32_t network_mtu = 0;  // bytes
};

// `file`: Felix' own; null where there is none: then pods' interfaces tell, unless another program has an overlay.
Encapsulation EncapsulationOf(const std::vector<Link>& links, const std::vector<Route>& routes, const CalicoMtu* file);

}  // namespace caliwatch
