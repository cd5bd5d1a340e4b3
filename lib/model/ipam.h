// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a cluster's records say of addresses: Calico's IPAM, pods, nodes, services; and what the nodes themselves have.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include "lib/model/prefix.h"

namespace caliwatch {

// For what a pool's addresses may be given.
struct PoolUses {
  bool workload = true, tunnel = true, load_balancer = false;

  bool operator==(const PoolUses&) const = default;
};

struct IpamPool {
  std::string name;
  Prefix cidr;
  uint8_t block_length = 0;  // of its blocks' prefixes
  bool disabled = false;     // gives no new addresses
  bool manual = false;       // gives addresses only where a pod asks for this pool
  bool all_nodes = true;     // no node selector but all()
  PoolUses uses;

  bool operator==(const IpamPool&) const = default;
};

// Who holds an address, in the words of who took it. Each may be empty; `pod` and `service` are "namespace/name".
struct RecordOwner {
  std::string pod, node, service;

  bool operator==(const RecordOwner&) const = default;
};

// What a block says of one or several of its addresses.
struct RecordAttributes {
  std::string handle;  // empty where there is none
  std::string type;    // "ipipTunnelAddress", "vxlanTunnelAddress" …, "LoadBalancer"; empty for pods
  RecordOwner owner;
  RecordOwner next_owner = {};              // of a virtual machine that migrates: who takes the address over
  std::optional<absl::Time> assigned = {};  // when the address was taken
  std::optional<absl::Time> released = {};  // given back; it has no owner any more, and is given again after a while
  bool operator==(const RecordAttributes&) const = default;
};

struct IpamRecord {
  IpAddress address;
  uint32_t attributes = 0;  // index into the block's, which has it
  uint64_t sequence = 0;    // of the block when the address was taken, which a release must name; 0: not told

  bool operator==(const IpamRecord&) const = default;
};

struct IpamBlock {
  Prefix cidr;
  std::string affinity;  // "host:NODE", "virtual:load-balancer"; empty: anybody's
  bool strict_affinity = false;
  bool deleted = false;  // about to go
  std::vector<RecordAttributes> attributes;
  std::vector<IpamRecord> records;  // ordered by address: each address that is taken
  std::optional<absl::Time> claimed = {};

  // The node that the block belongs to, or "".
  absl::string_view node() const;
  const RecordAttributes& AttributesOf(const IpamRecord& record) const { return attributes[record.attributes]; }

  bool operator==(const IpamBlock&) const = default;
};

// An owner's own list of what it holds. Released by its name, all of it goes.
struct IpamHandle {
  std::string id;
  std::vector<std::pair<Prefix, int64_t>> blocks;  // block and how many of its addresses
  bool deleted = false;
  std::string uid = {}, revision = {};  // of the object; a release names them

  bool operator==(const IpamHandle&) const = default;
};

// A node's claim to a block.
struct BlockAffinity {
  std::string node;
  Prefix block;
  std::string state;    // "confirmed", "pending", "pendingDeletion"; empty in old clusters: confirmed
  bool is_host = true;  // false: a claim of Calico's own, for load balancers
  bool deleted = false;
  std::optional<absl::Time> created = {};

  bool operator==(const BlockAffinity&) const = default;
};

struct IpamConfig {
  bool strict_affinity = false;
  bool auto_allocate_blocks = true;
  int64_t max_blocks_per_host = 0;  // 0: no limit but Calico's own
  absl::Duration cooldown = {};     // for which an address that was released is not given again

  bool operator==(const IpamConfig&) const = default;
};

// Addresses that are never given.
struct IpReservation {
  std::vector<Prefix> cidrs;

  bool operator==(const IpReservation&) const = default;
};

struct ClusterPod {
  std::string name;  // "namespace/name"
  std::string node;  // empty: not yet on one
  std::string uid;
  std::string phase;  // "Pending", "Running", "Succeeded", "Failed", "Unknown"
  std::vector<IpAddress> addresses;
  bool host_network = false;
  std::optional<absl::Time> created = {};
  std::optional<absl::Time> deleting = {};  // by when it should be gone: it was asked to go its grace period before
  std::string container = {};               // id of its sandbox, as Calico's CNI plugin noted it
  std::string virtual_machine = {};         // "namespace/name" of the KubeVirt machine that runs in it
  bool without_ipam = false;                // it asked for addresses that IPAM does not record

  // Neither its containers nor its network are there any more: its address may be given to others.
  bool IsOver() const { return phase == "Succeeded" || phase == "Failed"; }

  bool operator==(const ClusterPod&) const = default;
};

// A node as Kubernetes has it, or as Calico does.
struct ClusterNode {
  std::string name;
  std::vector<IpAddress> addresses;
  std::vector<IpAddress> tunnel_addresses;  // IPIP's, VXLAN's, WireGuard's
  std::optional<absl::Time> created = {};

  bool operator==(const ClusterNode&) const = default;
};

struct ClusterService {
  std::string name;  // "namespace/name"
  std::vector<IpAddress> load_balancer_addresses;

  bool operator==(const ClusterService&) const = default;
};

// A workload's interface as Calico has it. Clusters without Calico's own etcd make it of the pod.
struct WorkloadEndpoint {
  std::string pod;  // "namespace/name"
  std::string node, interface;
  std::string container;  // id of its sandbox; empty where none is told
  std::vector<IpAddress> addresses;
  std::optional<absl::Time> created = {};

  bool operator==(const WorkloadEndpoint&) const = default;
};

// One address at one interface of a node, and where the node has it.
struct NodeAddress {
  IpAddress address;
  std::string interface;            // of a workload: "cali12ab34cd56e"
  std::string pod = {};             // "namespace/name"; empty where endpoint-status does not say
  bool interface_is_there = true;   // false: only a file of endpoint-status still names it
  bool in_routes = false;           // a host route of the kernel leads to it
  bool in_neighbors = false;        // the kernel has a neighbor entry for it
  bool in_endpoint_status = false;  // Calico wants it there

  // A neighbor entry alone stays for a while when all else is gone.
  bool IsUsed() const { return interface_is_there && (in_routes || in_endpoint_status); }

  bool operator==(const NodeAddress&) const = default;
};

// What one node has, as its agent or a recording says.
struct NodeReport {
  std::string node;
  absl::Time read_at;
  // Not OK: what could not be read of the kernel (links, routes), or that not all rows are listed, so that what is not
  // here may be there. Without endpoint-status (NotFound) the kernel's word counts alone.
  absl::Status kernel, endpoint_status;
  std::vector<NodeAddress> addresses;         // ordered by address, then interface
  std::vector<IpAddress> own_addresses = {};  // of the node's own interfaces, tunnels among them; sorted
  // Blocks that its kernel keeps for itself (blackhole routes), sorted; absent: not told.
  std::optional<std::vector<Prefix>> local_blocks = {};

  bool operator==(const NodeReport&) const = default;
};

// One kind of rows. Rows count as they are; that one is missing proves something only where `complete` is OK.
template <class Row>
struct ClusterTable {
  // By the object's key, as its source calls it ("default/web-1", "10-48-40-128-26"), so that a watch can replace one.
  std::map<std::string, Row, std::less<>> rows;
  // NotFound: nobody gave this kind. Any other error: some of it could not be read or understood, and it says which.
  absl::Status complete = absl::NotFoundError("nobody gave it");
  absl::Time read_at = absl::InfinitePast();  // since when no newer word is known

  bool operator==(const ClusterTable&) const = default;
};

// All evidence of one look.
struct ClusterRecords {
  ClusterTable<IpamPool> pools;
  ClusterTable<IpamBlock> blocks;
  ClusterTable<IpamHandle> handles;
  ClusterTable<BlockAffinity> affinities;
  ClusterTable<IpamConfig> configs;
  ClusterTable<IpReservation> reservations;
  ClusterTable<ClusterPod> pods;
  ClusterTable<ClusterNode> nodes;
  ClusterTable<ClusterService> services;
  ClusterTable<WorkloadEndpoint> endpoints;
  ClusterTable<NodeReport> reports;  // by node

  // Of Calico's ClusterInformation, which calicoctl compares before it releases; empty where not told.
  std::string cluster_guid, cluster_info_revision, cluster_type, calico_version;
  bool datastore_locked = false;
};

// Calls visit(name, member) for each table, in the order above: "pools", &ClusterRecords::pools.
template <class Visit>
void ForEachClusterTable(Visit&& visit) {
  visit("pools", &ClusterRecords::pools);
  visit("blocks", &ClusterRecords::blocks);
  visit("handles", &ClusterRecords::handles);
  visit("affinities", &ClusterRecords::affinities);
  visit("configs", &ClusterRecords::configs);
  visit("reservations", &ClusterRecords::reservations);
  visit("pods", &ClusterRecords::pods);
  visit("nodes", &ClusterRecords::nodes);
  visit("services", &ClusterRecords::services);
  visit("endpoints", &ClusterRecords::endpoints);
  visit("reports", &ClusterRecords::reports);
}

}  // namespace caliwatch
