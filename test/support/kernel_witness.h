// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

namespace caliwatch {

// A kernel table, each row written as one line.
using Lines = std::multiset<std::string>;

// What iproute2 reads of this network namespace: an independent witness of what we read. Interfaces go by name.
Lines LinksOfIp();      // "7 cali0 veth up carrier mtu 1500 master br0 mac ee:… netns 0"
Lines AddressesOfIp();  // "eth0 10.39.1.231/24 scope 0 tentative"
Lines RoutesOfIp();     // "10.65.1.0/26 table 254 type 1 protocol 12 scope 0 metric 0 nexthop 0 path 0 dev eth0
                        // via 10.39.0.2 onlink"
Lines NeighborsOfIp();  // "10.65.0.1 dev cali0 mac 0a:… permanent router"
Lines FdbOfIp();        // "66:… dev vxlan.calico dst 10.39.0.2 permanent self"
Lines LimitsOfIp();     // "ipv4 512 1024"
// From /proc/sys/net: "ipv4 eth0 forwarding 1 rp_filter 0 proxy 1"
Lines SwitchesOfProc();

}  // namespace caliwatch
