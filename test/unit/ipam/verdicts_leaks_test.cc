// SPDX-License-Identifier: Apache-2.0

// Addresses that are leaked, and those that only look so.

#include <set>
#include <string>

#include <absl/strings/match.h>

#include "test/support/catch.h"
#include "test/support/ipam_cluster.h"

namespace caliwatch {
namespace {

using Found = std::set<std::string>;

// Takes a pod away from the API and from its node, and leaves its record and handle.
void Vanish(ClusterRecords& records, const std::string& pod, const std::string& node, const std::string& address) {
  records.pods.rows.erase(pod);
  RemoveSighting(records, node, AddressOf(address));
}

TEST_CASE("an address that nobody has is leaked, and tells whose it was") {
  ClusterRecords records = HealthyCluster();
  Vanish(records, "default/web-11", "n1", "10.48.1.1");
  const IpamReport report = LookTwice(records);
  CHECK(FoundBy(report) == Found{"ipam_address_leaked 10.48.1.1"});
  const std::string detail = DetailOf(report, "ipam_address_leaked", "10.48.1.1");
  CHECK(absl::StartsWith(detail,
                         "is recorded for default/web-11 of node n1 since 2026-11-27 14:56:40 UTC; there is no "
                         "such pod, and its node has no interface for it; handle k8s-pod-network."));
  CHECK(report.releases.addresses.size() == 1);
}

TEST_CASE("an address with any trace of a user is not leaked") {
  const auto leaked = [](auto change) {
    ClusterRecords records = HealthyCluster();
    Vanish(records, "default/web-11", "n1", "10.48.1.1");
    change(records);
    return FoundBy(LookTwice(records)).count("ipam_address_leaked 10.48.1.1") == 1;
  };
  CHECK(leaked([](ClusterRecords&) {}));
  const IpAddress address = AddressOf("10.48.1.1");
  CHECK_FALSE(leaked([&](ClusterRecords& records) {
    records.reports.rows.at("n3").addresses.insert(records.reports.rows.at("n3").addresses.begin(),
                                                   {.address = address, .interface = "cali1", .in_neighbors = true});
  }));
  CHECK_FALSE(leaked([&](ClusterRecords& records) { records.services.rows["a/b"] = {"a/b", {address}}; }));
  CHECK_FALSE(
      leaked([&](ClusterRecords& records) { records.nodes.rows.at("n2").tunnel_addresses.push_back(address); }));
  CHECK_FALSE(leaked([&](ClusterRecords& records) { records.reports.rows.at("n2").own_addresses = {address}; }));
  CHECK_FALSE(leaked([&](ClusterRecords& records) {
    records.endpoints.rows["e"] = {"other/pod", "n1", "cali1", "", {address}, {}};
    records.endpoints.complete = absl::OkStatus();
  }));
}

TEST_CASE("in doubt an address is unknown and never leaked") {
  const auto doubts = [](auto change) {
    ClusterRecords records = HealthyCluster();
    Vanish(records, "default/web-11", "n1", "10.48.1.1");
    change(records);
    const IpamReport report = LookTwice(records);
    CHECK(FoundBy(report).count("ipam_address_leaked 10.48.1.1") == 0);
    CHECK(report.outcome() != IpamOutcome::kClean);
    CHECK(report.releases.addresses.empty());
    Found found;
    for (const std::string& doubt : DoubtsOf(report))
      if (absl::StartsWith(doubt, "ipam_address_leaked: ")) found.insert(doubt.substr(21));
    return found;
  };
  CHECK(doubts([](ClusterRecords& records) { records.reports.rows.erase("n1"); }) ==
        Found{"no agent's report of node n1"});
  CHECK(doubts([](ClusterRecords& records) {
          records.reports.rows.at("n1").kernel = absl::DataLossError("routes: cut off");
        }) == Found{"node n1: routes: cut off"});
  CHECK(doubts([](ClusterRecords& records) {
          records.reports.rows.at("n1").endpoint_status = absl::DataLossError("unread");
        }) == Found{"node n1: unread"});
  CHECK(doubts([](ClusterRecords& records) {
          auto& attributes = records.blocks.rows.at("10.48.1.0/26").attributes[1];
          attributes.assigned = kClusterRead - absl::Seconds(30);
        }) == Found{"it was taken less than a minute before pods were read, or later"});
  CHECK(doubts([](ClusterRecords& records) {
          records.reports.rows.at("n1").read_at = kClusterRead - absl::Minutes(8);
          records.blocks.rows.at("10.48.1.0/26").attributes[1].assigned = kClusterRead - absl::Minutes(8);
        }) == Found{"it was taken less than a minute before its node was read, or later"});
  CHECK(doubts([](ClusterRecords& records) {
          records.reports.rows.at("n1").read_at = kClusterRead - absl::Hours(2);
        }) == Found{"node n1: it was read 121 minutes before the rest"});
  CHECK(doubts([](ClusterRecords& records) {
          records.pods.rows["default/web-11"] = {
              .name = "default/web-11", .node = "n1", .uid = "", .phase = "Pending", .addresses = {}};
        }) == Found{"its pod is there and has no address yet"});
  // What could not be read of pods leaves the whole check without a judgement.
  CHECK(doubts([](ClusterRecords& records) { records.pods.complete = absl::DataLossError("cut off"); }) == Found{});
  CHECK(doubts([](ClusterRecords& records) { records.pods.complete = absl::NotFoundError("not given"); }) == Found{});
}

TEST_CASE("what is stale proves nothing, and what it names is not released") {
  // Since then web-11 went, and its address was given back.
  ClusterRecords records = HealthyCluster();
  RemoveRecord(records, AddressOf("10.48.1.1"));
  records.handles.rows.erase("k8s-pod-network.sandbox-of-default/web-11");
  records.pods.rows.erase("default/web-11");
  records.reports.rows.at("n1").read_at = kClusterRead - absl::Minutes(15);
  CHECK(FoundBy(LookTwice(records)) == Found{});
  records = HealthyCluster();
  RemoveRecord(records, AddressOf("10.48.1.1"));
  RemoveSighting(records, "n1", AddressOf("10.48.1.1"));
  records.handles.rows.erase("k8s-pod-network.sandbox-of-default/web-11");
  records.pods.read_at = kClusterRead - absl::Minutes(15);
  CHECK(FoundBy(LookTwice(records)) == Found{});
  CHECK(LookTwice(records).outcome() == IpamOutcome::kCannotJudge);
  // Stale blocks have addresses that were given back since.
  records = HealthyCluster();
  Vanish(records, "default/web-11", "n1", "10.48.1.1");
  records.blocks.read_at = kClusterRead - absl::Minutes(15);
  CHECK(FoundBy(LookTwice(records)).count("ipam_address_leaked 10.48.1.1") == 0);
  // A stale report of an interface keeps its address all the same.
  records = HealthyCluster();
  Vanish(records, "default/web-11", "n1", "10.48.1.1");
  AddSighting(records, "n3", AddressOf("10.48.1.1"), "default/old");
  records.reports.rows.at("n3").read_at = kClusterRead - absl::Minutes(15);
  CHECK(LookTwice(records).releases.addresses.empty());
}

TEST_CASE("without endpoint-status the kernel's word counts alone") {
  ClusterRecords records = HealthyCluster();
  Vanish(records, "default/web-11", "n1", "10.48.1.1");
  records.reports.rows.at("n1").endpoint_status = absl::NotFoundError("before Calico 3.30");
  CHECK(FoundBy(LookTwice(records)) == Found{"ipam_address_leaked 10.48.1.1"});
}

TEST_CASE("addresses of tunnels, load balancers, virtual machines and Windows are never leaked") {
  ClusterRecords records = HealthyCluster();
  for (auto& [name, node] : records.nodes.rows) node.tunnel_addresses.clear();
  for (auto& [name, report] : records.reports.rows) report.own_addresses.clear();
  records.services.rows.clear();
  Vanish(records, "default/virt-launcher-vm-1", "n2", "10.48.2.20");
  CHECK(FoundBy(LookTwice(records)) == Found{});
}

}  // namespace
}  // namespace caliwatch
