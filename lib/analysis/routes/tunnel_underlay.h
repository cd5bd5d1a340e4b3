// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "lib/model/kernel.h"
#include "lib/model/link_index.h"

namespace caliwatch {

// Bytes that the headers of one of Calico's tunnels take from each packet; 0 for a name that is none of them.
uint32_t TunnelOverhead(absl::string_view tunnel_name);

// Of the pods' packets that one of Calico's tunnels carries.
Family FamilyOfTunnel(absl::string_view tunnel_name);

// The address of one other node at the far end of the tunnel. Absent: there is none yet, or the tunnel is WireGuard's,
// which keeps that to itself.
std::optional<IpAddress> RemoteNodeOf(const Link& tunnel, const std::vector<Route>& routes,
                                      const std::vector<FdbEntry>& fdb);

// The interface by which table main leads to an address. Null: no route does.
const Link* LinkTowards(const IpAddress& address, const std::vector<Route>& routes, const LinkIndex& links);

}  // namespace caliwatch
