// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "lib/decode/ipam_records.h"
#include "test/support/catch.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

constexpr char kResources[] = "/calico/resources/v3/projectcalico.org/";

ClusterRecords Holding(const std::string& key, const std::string& value) {
  ClusterRecords records;
  const absl::Status status = PutEtcd(key, value, records, "43");
  INFO(status);
  CHECK(status.ok());
  return records;
}

size_t RowsOf(const ClusterRecords& records) {
  size_t rows = 0;
  ForEachClusterTable([&](const char*, auto table) { rows += (records.*table).rows.size(); });
  return rows;
}

}  // namespace

TEST_CASE("keys of etcd v3 become rows, and are taken away by the key alone") {
  const std::pair<std::string, std::string> keys[] = {
      {"/calico/ipam/v2/assignment/ipv4/block/10.48.40.128-26",
       R"({"cidr": "10.48.40.128/26", "affinity": "host:n1"})"},
      {"/calico/ipam/v2/handle/k8s-pod-network.aa", R"({"block": {"10.48.40.128/26": 1}})"},
      {"/calico/ipam/v2/host/n1/ipv4/block/10.48.40.128-26", R"({"state": "confirmed"})"},
      {"/calico/ipam/v2/config", R"({"strict_affinity": true})"},
      {std::string(kResources) + "ippools/p", R"({"metadata": {"name": "p"}, "spec": {"cidr": "10.48.0.0/16"}})"},
      {std::string(kResources) + "workloadendpoints/default/n1-k8s-web-eth0",
       R"({"metadata": {"name": "n1-k8s-web-eth0", "namespace": "default"}, "spec": {"pod": "web"}})"},
      {std::string(kResources) + "nodes/n1",
       R"({"kind": "Node", "apiVersion": "projectcalico.org/v3", "metadata": {"name": "n1"}})"}};
  for (const auto& [key, value] : keys) {
    INFO(key);
    ClusterRecords records = Holding(key, value);
    CHECK(RowsOf(records) == 1);
    RemoveEtcd(key, records);
    CHECK(RowsOf(records) == 0);
    CHECK_FALSE(EtcdKind(key).empty());
  }
}

TEST_CASE("a key tells what its value does not") {
  const ClusterRecords handle = Holding("/calico/ipam/v2/handle/net.aa", R"({"block": {"10.48.40.128/26": 1}})");
  CHECK(handle.handles.rows.at("net.aa").id == "net.aa");
  CHECK(handle.handles.rows.at("net.aa").revision == "43");
  const ClusterRecords claim = Holding("/calico/ipam/v2/host/n1/ipv6/block/fd00::40-122", R"({"state": "pending"})");
  const BlockAffinity& row = claim.affinities.rows.begin()->second;
  CHECK(row.node == "n1");
  CHECK(row.block.ToString() == "fd00::40/122");
  CHECK(row.state == "pending");
  CHECK(row.is_host);
  const ClusterRecords own = Holding("/calico/ipam/v2/virtual/load-balancer/ipv4/block/10.48.9.0-26", "{}");
  CHECK_FALSE(own.affinities.rows.begin()->second.is_host);
  CHECK(Holding("/calico/ipam/v2/config", R"({"strict_affinity": true, "auto_allocate_blocks": false})")
            .configs.rows.at("default") == IpamConfig{.strict_affinity = true, .auto_allocate_blocks = false});
  CHECK(Holding(std::string(kResources) + "clusterinformations/default",
                R"({"metadata": {"name": "default"}, "spec": {"clusterGUID": "g"}})")
            .cluster_info_revision == "43");
}

TEST_CASE("keys of 2017 are read, too") {
  ClusterRecords records;
  CHECK(PutEtcd("/calico/ipam/v2/assignment/ipv4/block/192.168.106.64-26",
                R"({"cidr": "192.168.106.64/26", "affinity": "host:dev-slave-108", "strictAffinity": false,
                    "allocations": [null, 0], "unallocated": [0],
                    "attributes": [{"handle_id": "kube-system.prometheus-3355405412-iyww3", "secondary": null}]})",
                records)
            .ok());
  const IpamBlock& block = records.blocks.rows.begin()->second;
  CHECK(block.node() == "dev-slave-108");
  CHECK(block.AttributesOf(block.records.at(0)).owner.pod == "kube-system/prometheus-3355405412-iyww3");
  CHECK(PutEtcd("/calico/ipam/v2/host/dev-slave-108/ipv4/block/192.168.106.64-26", "", records).ok());
  CHECK(records.affinities.rows.begin()->second.state.empty());
  CHECK(
      PutEtcd("/calico/v1/host/dev-slave-108/workload/k8s/kube-system.dns-1/endpoint/eth0",
              R"({"state": "active", "name": "cali12ab34cd56e", "ipv4_nets": ["192.168.106.65/32"], "ipv6_nets": []})",
              records)
          .ok());
  const WorkloadEndpoint& endpoint = records.endpoints.rows.begin()->second;
  CHECK(endpoint.pod == "kube-system/dns-1");
  CHECK(endpoint.node == "dev-slave-108");
  CHECK(endpoint.interface == "cali12ab34cd56e");
  CHECK(endpoint.addresses.at(0).ToString() == "192.168.106.65");
  CHECK(PutEtcd("/calico/v1/ipam/v4/pool/192.168.0.0-16", R"({"cidr": "192.168.0.0/16", "ipip": "tunl0"})", records)
            .ok());
  CHECK(records.pools.rows.begin()->second.block_length == 26);
  CHECK(PutEtcd("/calico/bgp/v1/host/dev-slave-108/ip_addr_v4", "10.39.0.108", records).ok());
  CHECK(PutEtcd("/calico/v1/host/dev-slave-108/config/IpInIpTunnelAddr", "192.168.106.64", records).ok());
  const ClusterNode& node = records.nodes.rows.at("calico/dev-slave-108");
  CHECK(node.addresses.at(0).ToString() == "10.39.0.108");
  CHECK(node.tunnel_addresses.at(0).ToString() == "192.168.106.64");
  RemoveEtcd("/calico/v1/host/dev-slave-108/config/IpInIpTunnelAddr", records);
  CHECK(node.tunnel_addresses.empty());
  RemoveEtcd("/calico/v1/host/dev-slave-108/workload/k8s/kube-system.dns-1/endpoint/eth0", records);
  CHECK(records.endpoints.rows.empty());
}

TEST_CASE("other keys do nothing, and a value that is not understood is named by its key") {
  for (const char* key : {"", "/", "/calico", "/registry/pods/default/web", "/calico/ipam/v2/unknown/x",
                          "/calico/felix/v1/host/n1/status", "/calico/resources/v3/projectcalico.org/tiers/default"}) {
    ClusterRecords records;
    CHECK(PutEtcd(key, "no JSON", records).ok());
    CHECK(RowsOf(records) == 0);
    CHECK(EtcdKind(key).empty());
  }
  ClusterRecords records;
  const std::string block = "/calico/ipam/v2/assignment/ipv4/block/10.48.40.128-26";
  CHECK(Says(PutEtcd(block, "no JSON", records), block + ": its value is no JSON object"));
  CHECK(Says(PutEtcd(block, R"({"cidr": 1})", records), "spec.cidr is no text"));
  CHECK(Says(PutEtcd("/calico/v1/host/n/config/IpInIpTunnelAddr", "here", records), "IpInIpTunnelAddr"));
  CHECK(RowsOf(records) == 0);
}

}  // namespace caliwatch
