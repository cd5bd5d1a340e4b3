// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/releases.h"

#include "test/support/catch.h"
#include "test/support/ipam_cluster.h"

namespace caliwatch {
namespace {

IpamReleases Asked(const ClusterRecords& records, const std::vector<IpAddress>& addresses,
                   const std::vector<std::string>& handles = {}) {
  return ReleasesOf(IpamEvidence(records, kClusterRead), addresses, handles);
}

ClusterRecords WithLeak() {
  ClusterRecords records = HealthyCluster();
  records.pods.rows.erase("default/web-11");
  RemoveSighting(records, "n1", AddressOf("10.48.1.1"));
  records.cluster_guid = "g";
  records.cluster_info_revision = "12";
  return records;
}

}  // namespace

TEST_CASE("a release names what its record has, and the cluster") {
  const IpamReleases releases = Asked(WithLeak(), {AddressOf("10.48.1.1")});
  REQUIRE(releases.addresses.size() == 1);
  CHECK(releases.addresses[0].handle == "k8s-pod-network.sandbox-of-default/web-11");
  CHECK(releases.addresses[0].pod == "default/web-11");
  CHECK(releases.addresses[0].node == "n1");
  CHECK(releases.addresses[0].sequence == 8);
  CHECK(releases.cluster_guid == "g");
  CHECK(releases.cluster_info_revision == "12");
}

TEST_CASE("whatever is asked, nothing that somebody has is released") {
  const ClusterRecords records = WithLeak();
  std::vector<IpAddress> all;
  for (const auto& [name, block] : records.blocks.rows)
    for (const IpamRecord& record : block.records) all.push_back(record.address);
  all.push_back(AddressOf("10.48.1.50"));
  const IpamReleases releases = Asked(records, all);
  REQUIRE(releases.addresses.size() == 1);
  CHECK(releases.addresses[0].address == AddressOf("10.48.1.1"));
}

TEST_CASE("an address that two blocks have is not released") {
  ClusterRecords records = WithLeak();
  records.blocks.rows["copy"] = records.blocks.rows.at("10.48.1.0/26");
  CHECK(Asked(records, {AddressOf("10.48.1.1")}).addresses.empty());
}

TEST_CASE("a handle is deleted if no block knows it and its revision is told") {
  ClusterRecords records = HealthyCluster();
  records.handles.rows["a"] = {.id = "empty", .blocks = {{Block("10.48.1.0/26"), 1}}, .uid = "", .revision = "5"};
  records.handles.rows["b"] = {.id = "unknown", .blocks = {}, .uid = "", .revision = ""};
  const IpamReleases releases =
      Asked(records, {}, {"empty", "unknown", "k8s-pod-network.sandbox-of-default/web-11", "nowhere"});
  REQUIRE(releases.handles.size() == 1);
  CHECK(releases.handles[0].id == "empty");
}

}  // namespace caliwatch
