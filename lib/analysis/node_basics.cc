// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/node_basics.h"

namespace caliwatch {

NodeBasics BasicsOf(const Snapshot& seen) {
  NodeBasics basics{.booted = seen.taken_at - seen.boot_time, .interfaces = {}};
  if (seen.calico_mtu.ok()) basics.workload_mtu = seen.calico_mtu->bytes;
  if (!seen.links.ok()) return basics;
  for (const Link& link : *seen.links)
    if (!link.IsWorkload()) basics.interfaces.push_back({link.name, link.mtu, link.mac});
  return basics;
}

}  // namespace caliwatch
