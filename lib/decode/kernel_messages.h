// SPDX-License-Identifier: Apache-2.0
#pragma once

// Netlink messages to rows. Each function appends what one message holds and ignores messages of another kind or
// family; InvalidArgument names what is cut short or out of range. Formats: linux/rtnetlink.h, if_link.h, neighbour.h,
// netconf.h, net_namespace.h, fib_rules.h, inet_diag.h.

#include <vector>

#include <absl/status/status.h>
#include <linux/netlink.h>

#include "lib/model/bgp_socket.h"
#include "lib/model/kernel.h"
#include "lib/model/pod_network.h"

namespace caliwatch {

absl::Status AppendRow(const nlmsghdr& message, std::vector<Link>& links);
absl::Status AppendRow(const nlmsghdr& message, std::vector<Address>& addresses);
// One row a next hop. Leaves out the kernel's cached (cloned) routes.
absl::Status AppendRow(const nlmsghdr& message, std::vector<Route>& routes);
// The same for what multicast groups announce: RTM_DELLINK, RTM_DELROUTE and RTM_DELNEIGH hold the row that is gone.
absl::Status AppendChangedLink(const nlmsghdr& message, std::vector<Link>& links);
absl::Status AppendChangedRoutes(const nlmsghdr& message, std::vector<Route>& routes);
absl::Status AppendChangedNeighbor(const nlmsghdr& message, std::vector<Neighbor>& neighbors);
absl::Status AppendRow(const nlmsghdr& message, std::vector<Neighbor>& neighbors);
absl::Status AppendRow(const nlmsghdr& message, std::vector<FdbEntry>& entries);
absl::Status AppendRow(const nlmsghdr& message, std::vector<NetConf>& netconf);
absl::Status AppendRow(const nlmsghdr& message, std::vector<NeighborLimits>& limits);
absl::Status AppendRow(const nlmsghdr& message, std::vector<Rule>& rules);
absl::Status AppendRow(const nlmsghdr& message, std::vector<LinkStats>& stats);
// Leaves out those that neither have port 179 at either end nor send as BIRD does (kBgpTypeOfService).
// ResourceExhausted: there are more than any BGP speaker has.
absl::Status AppendRow(const nlmsghdr& message, std::vector<BgpSocket>& sockets);
// RTM_NEWNSID begins a pod; the links, routes and neighbors that follow are its. Unavailable: it could not be looked
// into, for the reason that NLMSG_ERROR gives, and is taken out; others may follow.
absl::Status AppendRow(const nlmsghdr& message, std::vector<PodNetwork>& pods);

}  // namespace caliwatch
