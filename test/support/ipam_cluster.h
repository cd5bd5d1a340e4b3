// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "lib/ipam/judge.h"

namespace caliwatch {

inline const absl::Time kClusterRead = absl::FromUnixSeconds(1795795000);

// A cluster of three nodes, n1 to n3, in which records, pods and nodes agree: each node has a block of /26,
// 10.48.N.0/26, with the address of its IPIP tunnel (.0) and pods web-N1 to web-N4 (.1 to .4). Beside them: web-15 of
// n1 borrows 10.48.2.9 of n2; n2 runs the virtual machine vm-1 (.20); n3 has two addresses reserved for Windows; the
// service shop/front has 10.48.9.1 of a block for load balancers. All was made an hour before it was read.
ClusterRecords HealthyCluster();

// What a pod has in all tables: its record, handle, row and interface, as HealthyCluster() makes them.
void AddClusterPod(ClusterRecords& records, const std::string& name, const std::string& node,
                   const std::string& address);
void RemoveRecord(ClusterRecords& records, const IpAddress& address);
void AddSighting(ClusterRecords& records, const std::string& node, const IpAddress& address, const std::string& pod);
void RemoveSighting(ClusterRecords& records, const std::string& node, const IpAddress& address);

// The healthy cluster, and so many addresses of n1 from 10.48.1.5 on, 59 at most, that are recorded and nobody has.
ClusterRecords WithLeaks(int count);

// Two looks at the same, a minute apart.
IpamReport LookTwice(const ClusterRecords& records);

// "ipam_address_leaked 10.48.1.1", of those that count, causes and effects.
std::set<std::string> FoundBy(const IpamReport& report);
// The checks' names alone.
std::set<std::string> ChecksThatFound(const IpamReport& report);
// What a check says of one subject; empty: nothing that counts.
std::string DetailOf(const IpamReport& report, const std::string& check, const std::string& subject);
// All doubts: "ipam_address_leaked: no agent's report of node n1".
std::set<std::string> DoubtsOf(const IpamReport& report);

IpAddress AddressOf(const std::string& text);
Prefix Block(const std::string& text);

}  // namespace caliwatch
