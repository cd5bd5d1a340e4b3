// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

namespace caliwatch {

// A kernel table, each row written as one line.
using Lines = std::multiset<std::string>;

// What iproute2 reads of this network namespace: an independent witness of what we read. Interfaces go by name.
// "7 cali0 veth up carrier mtu 1500 master br0 mac ee:… netns 0 running", of VXLAN "id 4096 local 10.39.0.1 parent eth0
// port 4789", and "ipv6 forwarding 0 accept_ra 1", which /proc has.
Lines LinksOfIp();
// "eth0 10.39.1.231/24 scope 0 tentative valid 4294967295 preferred 4294967295"
Lines AddressesOfIp();
// "10.65.1.0/26 table 254 type 1 protocol 12 scope 0 metric 0 nexthop 0 mtu 1450 expires -1 path 0 dev eth0 via
// 10.39.0.2 onlink"
Lines RoutesOfIp();
Lines RulesOfIp();      // "ipv4 99 table 1 not mark 256/256 from all to all in - out - protocol 0 suppress -1"
Lines StatsOfIp();      // "eth0 received 1 packets 90 bytes 0 errors 0 dropped sent … 0 carrier_errors"
Lines NeighborsOfIp();  // "10.65.0.1 dev cali0 mac 0a:… permanent router"
Lines FdbOfIp();        // "66:… dev vxlan.calico dst 10.39.0.2 permanent self"
Lines LimitsOfIp();     // "ipv4 512 1024"
// From /proc/sys/net: "ipv4 eth0 forwarding 1 rp_filter 0 proxy 1"
Lines SwitchesOfProc();

}  // namespace caliwatch
