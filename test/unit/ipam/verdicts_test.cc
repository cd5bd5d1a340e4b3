// SPDX-License-Identifier: Apache-2.0

// Every check of IPAM's records, each on a healthy cluster in which one thing is broken: here, what is neither of
// leaks, nor of owners, nor of blocks, which have files of their own.

#include <algorithm>
#include <fstream>
#include <set>
#include <string>

#include <absl/strings/match.h>

#include "lib/decode/ipam_documents.h"
#include "lib/ipam/check.h"
#include "lib/ipam/node_report.h"
#include "lib/node/recorded_node.h"
#include "lib/read/read_snapshot.h"
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

// The healthy cluster's etcd form: endpoints instead of pods.
ClusterRecords WithEndpoints() {
  ClusterRecords records = HealthyCluster();
  for (const auto& [name, pod] : records.pods.rows)
    if (!pod.host_network && !pod.IsOver())
      records.endpoints.rows[name] = {name, pod.node, "cali", pod.container, pod.addresses, pod.created};
  records.endpoints.complete = absl::OkStatus();
  records.endpoints.read_at = kClusterRead;
  return records;
}

const CheckInfo& IpamCheckCalled(absl::string_view name) {
  for (const IpamCheck& check : AllIpamChecks())
    if (check.info.name == name) return check.info;
  FAIL(name);
  return AllIpamChecks().front().info;
}

TEST_CASE("a healthy cluster has no finding and no doubt") {
  for (const ClusterRecords& records : {HealthyCluster(), WithEndpoints()}) {
    const IpamReport report = LookTwice(records);
    CHECK(FoundBy(report) == Found{});
    CHECK(DoubtsOf(report) == Found{});
    CHECK(report.outcome() == IpamOutcome::kClean);
    CHECK(report.releases.addresses.empty());
    CHECK(report.releases.handles.empty());
  }
}

TEST_CASE("real Calico's records and what its node has agree") {
  ClusterRecords records;
  std::ifstream in(CALIWATCH_SOURCE_DIR "/test/recordings/calico/etcd/healthy.json");
  const absl::Time read = absl::FromCivil(absl::CivilSecond(2026, 11, 27, 15, 58, 36), absl::UTCTimeZone());
  REQUIRE(AddDocuments(in, "etcd", read, records).ok());
  const auto looks = OpenRecording(CALIWATCH_SOURCE_DIR "/test/recordings/calico/bgp-healthy");
  REQUIRE(looks.ok());
  const auto report =
      NodeReportFrom(NodeWorkloadsHistory().Follow(*ReadSnapshot(*looks->front(), [&] { return read; })));
  REQUIRE(report.ok());
  records.reports.rows[report->node] = *report;
  records.reports.complete = absl::OkStatus();
  records.reports.read_at = read;
  CHECK(FoundBy(LookTwice(records)) == Found{});
  CHECK(DoubtsOf(LookTwice(records)) == Found{});

  // What was done to that node afterwards: pod1b's namespace went without CNI DEL, and its endpoint was deleted.
  records.endpoints.rows.erase("default/n1-k8s-pod1b-eth0");
  RemoveSighting(records, "n1", AddressOf("10.48.40.129"));
  const IpamReport leaked = LookTwice(records);
  CHECK(FoundBy(leaked) == Found{"ipam_address_leaked 10.48.40.129"});
  REQUIRE(leaked.releases.addresses.size() == 1);
  CHECK(leaked.releases.addresses[0].handle == "k8s-pod-network.pod1b000000000000000n1");
  CHECK(leaked.releases.addresses[0].sequence == 1795794737927518667);
}

TEST_CASE("seed 003: records wiped, new pods get addresses in use") {
  ClusterRecords records = HealthyCluster();
  records.blocks.rows.clear();
  records.handles.rows.clear();
  records.affinities.rows.clear();
  const IpamReport wiped = LookTwice(records);
  CHECK(ChecksThatFound(wiped) == Found{"ipam_running_without_record", "ipam_block_unrecorded"});
  CHECK(FoundBy(wiped).count("ipam_running_without_record 10.48.1.1") == 1);
  CHECK(absl::StrContains(DetailOf(wiped, "ipam_running_without_record", "10.48.1.1"),
                          "its block is not recorded either, so that any node may take it"));

  const ClusterRecords healthy = HealthyCluster();
  records.blocks.rows["10.48.1.0/26"] = healthy.blocks.rows.at("10.48.1.0/26");
  records.blocks.rows.at("10.48.1.0/26").records.clear();
  records.affinities.rows["n1"] = healthy.affinities.rows.at("n1");
  AddClusterPod(records, "default/new", "n1", "10.48.1.1");
  const IpamReport doubled = LookTwice(records);
  CHECK(FoundBy(doubled).count("ipam_address_twice 10.48.1.1") == 1);
  CHECK(absl::StrContains(DetailOf(doubled, "ipam_address_twice", "10.48.1.1"), "the record names default/new"));
  for (const IpamVerdict& verdict : doubled.verdicts)
    for (const OpenIpamFinding& open : verdict.findings)
      if (verdict.check->name == "ipam_address_twice")
        CHECK(open.finding.commands == std::vector<std::string>{"kubectl delete pod web-11 -n default"});
}

TEST_CASE("an endpoint whose pod is gone is told, and holds its address") {
  ClusterRecords records = WithEndpoints();
  Vanish(records, "default/web-11", "n1", "10.48.1.1");
  CHECK(FoundBy(LookTwice(records)) == Found{"ipam_endpoint_without_pod default/web-11"});
}

TEST_CASE("a deletion that never ends is told") {
  ClusterRecords records = HealthyCluster();
  records.pods.rows.at("default/web-11").deleting = kClusterRead - absl::Minutes(4);
  CHECK(FoundBy(LookTwice(records)) == Found{});
  records.pods.rows.at("default/web-11").deleting = kClusterRead - absl::Minutes(6);
  CHECK(FoundBy(LookTwice(records)) == Found{"ipam_pod_deletion_stuck default/web-11"});
  RemoveRecord(records, AddressOf("10.48.1.1"));
  records.handles.rows.erase("k8s-pod-network.sandbox-of-default/web-11");
  RemoveSighting(records, "n1", AddressOf("10.48.1.1"));
  CHECK(FoundBy(LookTwice(records)) == Found{});
}

TEST_CASE("a pod whose node has no interface for it is told, and an interface whose pod is gone") {
  ClusterRecords records = HealthyCluster();
  RemoveSighting(records, "n1", AddressOf("10.48.1.1"));
  CHECK(FoundBy(LookTwice(records)) == Found{"ipam_pod_without_interface default/web-11 10.48.1.1"});
  records.pods.rows.at("default/web-11").created = kClusterRead;
  CHECK(FoundBy(LookTwice(records)) == Found{});
  records = HealthyCluster();
  records.pods.rows.erase("default/web-11");
  CHECK(FoundBy(LookTwice(records)) == Found{"ipam_interface_without_pod 10.48.1.1 at n1 calin1web-11"});
}

TEST_CASE("a pool is full when it has no free address, and filling before that") {
  ClusterRecords records = HealthyCluster();
  records.reservations.rows["r"] = {{Block("10.48.128.0/17"), Block("10.48.64.0/18"), Block("10.48.32.0/19"),
                                     Block("10.48.16.0/20"), Block("10.48.10.0/23"), Block("10.48.12.0/22"),
                                     Block("10.48.4.0/22"), Block("10.48.8.0/24"), Block("10.48.9.64/26"),
                                     Block("10.48.9.128/25"), Block("10.48.0.0/24"), Block("10.48.1.64/26"),
                                     Block("10.48.1.128/25"), Block("10.48.2.64/26"), Block("10.48.2.128/25"),
                                     Block("10.48.3.64/26"), Block("10.48.3.128/25")}};
  const IpamReport report = LookTwice(records);
  REQUIRE(report.pools.size() == 1);
  CHECK(report.pools[0].addresses == 4 * 64);
  CHECK(FoundBy(report) == Found{});
  auto& block = records.blocks.rows.at("10.48.1.0/26");
  const size_t free = static_cast<size_t>(report.pools[0].free());
  for (size_t i = 0; i + 5 < free; ++i) block.records.push_back(block.records.back());
  CHECK(FoundBy(LookTwice(records)).count("ipam_pool_filling default") == 1);
  for (size_t i = 0; i < 5; ++i) block.records.push_back(block.records.back());
  CHECK(FoundBy(LookTwice(records)).count("ipam_pool_full default") == 1);
  records.pools.rows.at("default").disabled = true;
  CHECK(FoundBy(LookTwice(records)).count("ipam_pool_full default") == 0);
}

TEST_CASE("a pod that is cut off now counts beside the danger that its handle is in") {
  ClusterRecords records = HealthyCluster();
  records.pods.rows.at("default/web-11").container = "another-sandbox";
  RemoveSighting(records, "n1", AddressOf("10.48.1.1"));
  const IpamReport report = LookTwice(records);
  CHECK(FoundBy(report) == Found{"ipam_handle_reborn k8s-pod-network.sandbox-of-default/web-11",
                                 "ipam_pod_without_interface default/web-11 10.48.1.1"});
  for (const IpamVerdict& verdict : report.verdicts) CHECK(verdict.RootCauses() == verdict.findings.size());
}

TEST_CASE("a check has all its texts, and causes that are checks and lead one way") {
  std::map<std::string, std::set<std::string>> causes;
  CHECK(AllIpamChecks().size() >= 20);
  for (const IpamCheck& check : AllIpamChecks()) {
    INFO(check.info.name);
    CHECK(absl::StartsWith(check.info.name, "ipam_"));
    for (const absl::string_view text : {check.info.summary, check.info.impact, check.info.meaning, check.info.remedy})
      CHECK(absl::EndsWith(text, "."));
    CHECK(check.info.polls_to_hold >= 2);
    for (const Cause& cause : check.info.causes) {
      causes[std::string(check.info.name)].emplace(cause.check);
      // What follows from another finding is not counted: nobody is paged for it but by that one.
      CHECK(IpamCheckCalled(cause.check).severity <= check.info.severity);
    }
  }
  // Those without causes are taken away until none is left.
  for (size_t before = 0; before != causes.size();) {
    before = causes.size();
    std::erase_if(causes, [&](const auto& entry) {
      return std::none_of(entry.second.begin(), entry.second.end(),
                          [&](const auto& cause) { return causes.count(cause) != 0; });
    });
  }
  CHECK(causes.empty());
}

}  // namespace
}  // namespace caliwatch
