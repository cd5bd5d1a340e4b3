// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <nlohmann/json.hpp>

#include "lib/decode/ipam_records.h"
#include "test/support/catch.h"
#include "test/support/status_says.h"

namespace caliwatch {
namespace {

using Json = nlohmann::json;

Json BlockObject() {
  return Json::parse(R"({"apiVersion": "crd.projectcalico.org/v1", "kind": "IPAMBlock",
    "metadata": {"name": "10-48-40-128-30"},
    "spec": {"cidr": "10.48.40.128/30", "affinity": "host:n1", "affinityClaimTime": "2026-11-27T15:52:17Z",
      "allocations": [0, null, 1, 0], "unallocated": [1], "strictAffinity": false, "deleted": false,
      "attributes": [
        {"handle_id": "k8s-pod-network.aa", "secondary": {"namespace": "default", "node": "n1", "pod": "web-1",
          "timestamp": "2026-11-27 15:52:17.875684767 +0000 UTC"}},
        {"handle_id": "ipip-tunnel-addr-n1", "secondary": {"node": "n1", "type": "ipipTunnelAddress"}}],
      "sequenceNumber": 1795794737927518669, "sequenceNumberForAllocation": {"0": 1795794737927518666}}})");
}

absl::StatusOr<IpamBlock> BlockOf(const Json& object) {
  IpamBlock block;
  const absl::Status status = Decode(object, block);
  if (!status.ok()) return status;
  return block;
}

template <class Row>
Row RowOf(const std::string& text) {
  Row row;
  const absl::Status status = Decode(Json::parse(text), row);
  INFO(status);
  REQUIRE(status.ok());
  return row;
}

absl::StatusOr<IpamBlock> BlockWith(const char* key, const Json& value) {
  Json object = BlockObject();
  object["spec"][key] = value;
  return BlockOf(object);
}

}  // namespace

TEST_CASE("a block has a record for each address that is taken") {
  const IpamBlock block = BlockOf(BlockObject()).value();
  CHECK(block.cidr.ToString() == "10.48.40.128/30");
  CHECK(block.node() == "n1");
  CHECK_FALSE(block.deleted);
  CHECK(block.claimed == absl::FromCivil(absl::CivilSecond(2026, 11, 27, 15, 52, 17), absl::UTCTimeZone()));
  REQUIRE(block.records.size() == 3);
  CHECK(block.records[0].address.ToString() == "10.48.40.128");
  CHECK(block.records[0].sequence == 1795794737927518666);
  CHECK(block.records[1].address.ToString() == "10.48.40.130");
  CHECK(block.records[1].sequence == 0);
  const RecordAttributes& pods = block.AttributesOf(block.records[2]);
  CHECK(pods.owner == RecordOwner{.pod = "default/web-1", .node = "n1", .service = ""});
  CHECK(pods.handle == "k8s-pod-network.aa");
  CHECK(pods.assigned.has_value());
  CHECK(block.AttributesOf(block.records[1]).type == "ipipTunnelAddress");
}

TEST_CASE("an address is counted from the block's first, over the ends of bytes") {
  Json object = BlockObject();
  object["spec"]["cidr"] = "fd00::fffc/125";
  Json allocations = Json::array();
  for (int i = 0; i < 6; ++i) allocations.push_back(i == 5 ? Json(0) : Json());
  object["spec"]["allocations"] = allocations;
  CHECK(BlockOf(object)->records.at(0).address.ToString() == "fd00::1:1");
}

TEST_CASE("who takes over a virtual machine's address is told") {
  Json object = BlockObject();
  object["spec"]["attributes"][0]["alternate"] = {{"namespace", "default"}, {"pod", "virt-2"}, {"node", "n2"}};
  CHECK(BlockOf(object)->attributes[0].next_owner == RecordOwner{.pod = "default/virt-2", .node = "n2", .service = ""});
}

TEST_CASE("an address that was released has neither handle nor owner, but a time") {
  Json object = BlockObject();
  object["spec"]["attributes"][0] = {{"releasedAt", "2026-11-27T16:00:00Z"}};
  const RecordAttributes released = BlockOf(object)->attributes[0];
  CHECK(released.released == absl::FromCivil(absl::CivilSecond(2026, 11, 27, 16, 0, 0), absl::UTCTimeZone()));
  CHECK(released.handle.empty());
  CHECK(released.owner == RecordOwner());
  object["spec"]["attributes"][0]["releasedAt"] = "yesterday";
  CHECK(Says(BlockOf(object).status(), "releasedAt"));
}

TEST_CASE("where only an old handle names the pod, it does") {
  Json object = BlockObject();
  const auto pod_of = [&](const std::string& handle) {
    object["spec"]["attributes"][0] = {{"handle_id", handle}, {"secondary", nullptr}};
    return BlockOf(object)->attributes[0].owner.pod;
  };
  CHECK(pod_of("kube-system.prometheus-3355405412-iyww3") == "kube-system/prometheus-3355405412-iyww3");
  CHECK(pod_of("k8s-pod-network.aa").empty());
  CHECK(pod_of("mynet." + std::string(64, 'a')).empty());
  CHECK(pod_of("none").empty());
}

TEST_CASE("Windows' line end is no part of a handle, and a block may name its node the old way") {
  Json object = BlockObject();
  object["spec"]["attributes"][0]["handle_id"] = "k8s-pod-network.aa\r\nmore";
  object["spec"]["affinity"] = nullptr;
  object["spec"]["hostAffinity"] = "n7";
  CHECK(BlockOf(object)->attributes[0].handle == "k8s-pod-network.aa");
  CHECK(BlockOf(object)->node() == "n7");
  object["spec"].erase("hostAffinity");
  CHECK(BlockOf(object)->node().empty());
}

TEST_CASE("a block that contradicts itself is refused") {
  CHECK(Says(BlockWith("allocations", Json::array({0, 0, 0, 0, 0})).status(), "as many entries as the block has"));
  CHECK(Says(BlockWith("allocations", Json::array({2})).status(), "spec.allocations[0] is the place of no attributes"));
  CHECK(
      Says(BlockWith("allocations", Json::array({-1})).status(), "spec.allocations[0] is the place of no attributes"));
  CHECK(Says(BlockWith("allocations", "all").status(), "as many entries as the block has"));
  CHECK(Says(BlockWith("cidr", "10.0.0.0/2").status(), "as many entries as the block has"));
  CHECK(Says(BlockWith("cidr", "somewhere").status(), "spec.cidr is no block of addresses"));
  CHECK(Says(BlockWith("attributes", {{"handle_id", 1}}).status(), "spec.attributes"));
}

TEST_CASE("a pool is what its spec says, with Calico's defaults") {
  const auto pool = RowOf<IpamPool>(R"json({"metadata": {"name": "default-ipv4-ippool"},
      "spec": {"cidr": "10.48.0.0/16", "blockSize": 28, "nodeSelector": "all()",
               "allowedUses": ["Workload", "Tunnel"]}})json");
  CHECK(pool.name == "default-ipv4-ippool");
  CHECK(pool.cidr.ToString() == "10.48.0.0/16");
  CHECK(pool.block_length == 28);
  CHECK_FALSE(pool.disabled);
  CHECK(pool.all_nodes);
  CHECK(pool.uses == PoolUses{.workload = true, .tunnel = true, .load_balancer = false});
  const auto other = RowOf<IpamPool>(R"({"metadata": {"name": "v6"}, "spec": {"cidr": "fd00::/48", "disabled": true,
      "assignmentMode": "Manual", "nodeSelector": "zone == 'a'", "allowedUses": ["LoadBalancer"]}})");
  CHECK(other.block_length == 122);
  CHECK(other.disabled);
  CHECK(other.manual);
  CHECK_FALSE(other.all_nodes);
  CHECK(other.uses == PoolUses{.workload = false, .tunnel = false, .load_balancer = true});
  IpamPool row;
  CHECK(Says(Decode(Json::parse(R"({"spec": {"cidr": "10.0.0.0/16", "blockSize": 8}})"), row),
             "spec.blockSize is no length of a block within the pool"));
}

TEST_CASE("handles, claims, the configuration and reservations are what their specs say") {
  const auto handle = RowOf<IpamHandle>(R"({"metadata": {"name": "x", "uid": "u-1", "resourceVersion": "77"},
      "spec": {"handleID": "k8s-pod-network.AA", "block": {"10.48.40.128/26": 1}, "deleted": false}})");
  CHECK(handle == IpamHandle{.id = "k8s-pod-network.AA",
                             .blocks = {{Prefix::Parse("10.48.40.128/26").value(), 1}},
                             .uid = "u-1",
                             .revision = "77"});
  const auto claim = RowOf<BlockAffinity>(R"({"metadata": {"name": "n1-x", "creationTimestamp": "2026-11-27T15:52:18Z"},
      "spec": {"cidr": "10.48.40.128/26", "node": "n1", "state": "pending", "deleted": "true"}})");
  CHECK(claim.node == "n1");
  CHECK(claim.state == "pending");
  CHECK(claim.is_host);
  CHECK(claim.deleted);
  CHECK(claim.created.has_value());
  CHECK_FALSE(RowOf<BlockAffinity>(R"({"spec": {"cidr": "10.0.0.0/26", "type": "virtual"}})").is_host);
  const auto config =
      RowOf<IpamConfig>(R"({"spec": {"strictAffinity": true, "maxBlocksPerHost": 20, "ipCooldownSeconds": 60}})");
  CHECK(config == IpamConfig{.strict_affinity = true, .max_blocks_per_host = 20, .cooldown = absl::Minutes(1)});
  const auto reserved = RowOf<IpReservation>(R"({"spec": {"reservedCIDRs": ["10.48.0.0/30", "10.48.1.7"]}})");
  CHECK(reserved.cidrs.size() == 2);
  IpamHandle bad_handle;
  CHECK(Says(Decode(Json::parse(R"({"spec": {"block": {"here": 1}}})"), bad_handle), "spec.block names no block"));
  IpReservation bad_reservation;
  CHECK(Says(Decode(Json::parse(R"({"spec": {"reservedCIDRs": ["here"]}})"), bad_reservation), "reservedCIDRs"));
}

TEST_CASE("a workload endpoint has its pod, container and addresses") {
  const auto endpoint = RowOf<WorkloadEndpoint>(R"({"metadata": {"name": "n1-k8s-pod1a-eth0", "namespace": "default"},
      "spec": {"node": "n1", "containerID": "aa", "pod": "pod1a", "ipNetworks": ["10.48.40.128/32", "fd00::1/128"],
               "interfaceName": "calica87c8a6361"}})");
  CHECK(endpoint.pod == "default/pod1a");
  CHECK(endpoint.node == "n1");
  CHECK(endpoint.container == "aa");
  CHECK(endpoint.interface == "calica87c8a6361");
  CHECK(endpoint.addresses.size() == 2);
}

}  // namespace caliwatch
