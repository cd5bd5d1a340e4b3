// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/record_counts.h"

#include "test/support/catch.h"
#include "test/support/ipam_cluster.h"

namespace caliwatch {
namespace {

RecordCounts CountsOf(const ClusterRecords& records) { return CountRecords(IpamEvidence(records, kClusterRead)); }

}  // namespace

TEST_CASE("records are counted by what they are for, and each kind is told") {
  const auto counts = CountsOf(HealthyCluster()).by_kind;
  CHECK(counts == std::map<RecordKind, size_t>{{RecordKind::kWorkload, 13},
                                               {RecordKind::kVirtualMachine, 1},
                                               {RecordKind::kTunnel, 3},
                                               {RecordKind::kLoadBalancer, 1},
                                               {RecordKind::kReserved, 2},
                                               {RecordKind::kReleased, 0},
                                               {RecordKind::kUnknown, 0}});
}

TEST_CASE("a borrowed address is counted at the node that took it, a block at its own") {
  ClusterRecords records = HealthyCluster();
  records.nodes.rows["n4"] = {.name = "n4", .addresses = {}, .tunnel_addresses = {}};
  const auto counts = CountsOf(records).by_node;
  CHECK(counts.at("n1").addresses == 6);  // of its own block 5, and one of n2's
  CHECK(counts.at("n1").blocks == 1);
  CHECK(counts.at("n2").addresses == 6);
  CHECK(counts.at("n4").addresses == 0);
  CHECK(counts.at("n4").blocks == 0);
}

TEST_CASE("where records name nodes otherwise than who lists them, none is there twice") {
  ClusterRecords records = HealthyCluster();
  records.nodes.rows.clear();
  records.nodes.rows["n1.example.com"] = {.name = "n1.example.com", .addresses = {}, .tunnel_addresses = {}};
  CHECK(CountsOf(records).by_node.count("n1.example.com") == 0);
  CHECK(CountsOf(records).by_node.at("n1").blocks == 1);
}

}  // namespace caliwatch
