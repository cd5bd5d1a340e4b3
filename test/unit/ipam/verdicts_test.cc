// SPDX-License-Identifier: Apache-2.0

// Every check of IPAM's records, each on a healthy cluster in which one thing is broken.

#include <algorithm>
#include <fstream>
#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "lib/decode/ipam_documents.h"
#include "lib/ipam/check.h"
#include "lib/ipam/commands.h"
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

}  // namespace

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

TEST_CASE("a pod that runs without record is told with the order of steps") {
  ClusterRecords records = HealthyCluster();
  RemoveRecord(records, AddressOf("10.48.2.9"));
  const IpamReport report = LookTwice(records);
  CHECK(FoundBy(report) == Found{"ipam_running_without_record 10.48.2.9",
                                 "ipam_handle_disagrees k8s-pod-network.sandbox-of-default/web-15"});
  CHECK(absl::StrContains(DetailOf(report, "ipam_running_without_record", "10.48.2.9"),
                          "the next pod that gets an address of 10.48.2.0/26 at node n2 may get this one"));
  for (const IpamVerdict& verdict : report.verdicts)
    if (verdict.check->name == "ipam_running_without_record")
      CHECK(verdict.findings.at(0).finding.commands ==
            std::vector<std::string>{"kubectl cordon n1", "kubectl cordon n2", "kubectl delete pod web-15 -n default",
                                     "kubectl uncordon n1", "kubectl uncordon n2"});
}

TEST_CASE("where a block is not recorded, nodes without room are kept from taking it; of many nodes, all") {
  ClusterRecords records = HealthyCluster();
  records.blocks.rows.erase("10.48.1.0/26");
  records.affinities = {};
  records.handles = {};
  records.nodes.rows["n4"] = {.name = "n4", .addresses = {}, .tunnel_addresses = {}};
  const auto first = [](const ClusterRecords& all) { return CommandsOf(LookTwice(all)); };
  // n2 and n3 have room in their own blocks, n4 has none.
  const std::vector<std::string> commands = first(records);
  REQUIRE(commands.size() > 4);
  CHECK(commands[0] == "kubectl cordon n1");
  CHECK(commands[1] == "kubectl cordon n4");
  CHECK(commands[2] == "kubectl delete pod web-11 -n default");
  CHECK(commands.back() == "kubectl uncordon n4");
  for (int i = 5; i < 30; ++i) {
    const std::string name = absl::StrCat("n", i);
    records.nodes.rows[name] = {.name = name, .addresses = {}, .tunnel_addresses = {}};
  }
  CHECK(first(records)[0] == "kubectl cordon --selector=kubernetes.io/os=linux");
}

TEST_CASE("who runs without record by intention, is over, or may just not be recorded yet, is not told") {
  const auto found = [](auto change) {
    ClusterRecords records = HealthyCluster();
    RemoveRecord(records, AddressOf("10.48.1.1"));
    change(records);
    return ChecksThatFound(LookTwice(records)).count("ipam_running_without_record") == 1;
  };
  CHECK(found([](ClusterRecords&) {}));
  CHECK_FALSE(found([](ClusterRecords& records) { records.pods.rows.at("default/web-11").without_ipam = true; }));
  CHECK_FALSE(found([](ClusterRecords& records) { records.pods.rows.at("default/web-11").created = kClusterRead; }));
  CHECK_FALSE(found([](ClusterRecords& records) { records.pools.rows.at("default").cidr = Block("10.99.0.0/16"); }));
  CHECK_FALSE(found([](ClusterRecords& records) { records.blocks.complete = absl::DataLossError("cut off"); }));
  // Its status has the address until the end, while IPAM has it back.
  CHECK_FALSE(found([](ClusterRecords& records) {
    records.pods.rows.at("default/web-11").deleting = kClusterRead;
    RemoveSighting(records, "n1", AddressOf("10.48.1.1"));
  }));
  CHECK_FALSE(found([](ClusterRecords& records) {
    records.pods.rows.at("default/web-11").phase = "Succeeded";
    RemoveSighting(records, "n1", AddressOf("10.48.1.1"));
  }));
}

TEST_CASE("what was released is nobody's, and no record of who has the address") {
  ClusterRecords records = HealthyCluster();
  auto& block = records.blocks.rows.at("10.48.1.0/26");
  const auto web_11 = std::find_if(block.records.begin(), block.records.end(),
                                   [](const auto& record) { return record.address == AddressOf("10.48.1.1"); });
  web_11->attributes = static_cast<uint32_t>(block.attributes.size());
  block.attributes.push_back({.handle = "", .type = "", .owner = {}, .released = kClusterRead - absl::Minutes(5)});
  records.handles.rows.erase("k8s-pod-network.sandbox-of-default/web-11");
  CHECK(FoundBy(LookTwice(records)) == Found{"ipam_running_without_record 10.48.1.1"});
  Vanish(records, "default/web-11", "n1", "10.48.1.1");
  CHECK(FoundBy(LookTwice(records)) == Found{});
  block.records = {*web_11};
  block.affinity = "";
  CHECK(ChecksThatFound(LookTwice(records)).count("ipam_block_without_affinity") == 0);
}

TEST_CASE("a tunnel without record is told, too") {
  ClusterRecords records = HealthyCluster();
  RemoveRecord(records, AddressOf("10.48.1.0"));
  CHECK(absl::StartsWith(DetailOf(LookTwice(records), "ipam_running_without_record", "10.48.1.0"),
                         "the tunnel of node n1 has it, and no record does"));
}

TEST_CASE("two pods with one address are told, also at two nodes, by the API and by kernels") {
  ClusterRecords by_api = HealthyCluster();
  by_api.pods.rows.at("default/web-31").addresses = {AddressOf("10.48.1.1")};
  CHECK(FoundBy(LookTwice(by_api)).count("ipam_address_twice 10.48.1.1") == 1);
  ClusterRecords by_kernels = HealthyCluster();
  AddSighting(by_kernels, "n3", AddressOf("10.48.1.1"), "default/other");
  CHECK(absl::StrContains(DetailOf(LookTwice(by_kernels), "ipam_address_twice", "10.48.1.1"),
                          "pod default/other at calin3other of node n3, "));
}

TEST_CASE("while pods cannot be read, silence about two with one address, or without interface, means nothing") {
  ClusterRecords records = HealthyCluster();
  records.pods.complete = absl::UnavailableError("nobody answers");
  size_t checked = 0;
  for (const IpamVerdict& verdict : LookTwice(records).verdicts)
    if (verdict.check->name == "ipam_address_twice" || verdict.check->name == "ipam_pod_without_interface") {
      CHECK(verdict.lacks_something());
      ++checked;
    }
  CHECK(checked == 2);
}

TEST_CASE("a virtual machine that migrates has two pods and one address") {
  ClusterRecords records = HealthyCluster();
  const IpAddress address = AddressOf("10.48.2.20");
  records.pods.rows["default/virt-launcher-vm-2"] = {.name = "default/virt-launcher-vm-2",
                                                     .node = "n3",
                                                     .uid = "",
                                                     .phase = "Running",
                                                     .addresses = {address},
                                                     .created = kClusterRead - absl::Hours(1),
                                                     .virtual_machine = "default/vm-1"};
  AddSighting(records, "n3", address, "default/virt-launcher-vm-2");
  records.blocks.rows.at("10.48.2.0/26").attributes.back().next_owner = {"default/virt-launcher-vm-2", "n3", ""};
  CHECK(FoundBy(LookTwice(records)) == Found{});
}

TEST_CASE("a record for another pod or node is told") {
  ClusterRecords records = HealthyCluster();
  records.blocks.rows.at("10.48.1.0/26").attributes[1].owner.pod = "default/gone";
  const IpamReport report = LookTwice(records);
  CHECK(FoundBy(report) == Found{"ipam_record_of_another 10.48.1.1"});
  CHECK(absl::StartsWith(DetailOf(report, "ipam_record_of_another", "10.48.1.1"),
                         "is recorded for default/gone of node n1, but pod default/web-11 of node n1 has it"));
  records = HealthyCluster();
  records.blocks.rows.at("10.48.1.0/26").attributes[1].owner.node = "n3";
  CHECK(FoundBy(LookTwice(records)) == Found{"ipam_record_of_another 10.48.1.1"});
}

TEST_CASE("a handle behind which a pod of the same name lives is told") {
  ClusterRecords records = HealthyCluster();
  // As the CNI plugin of 2017 named them: both lives of web-11 have one handle.
  records.blocks.rows.at("10.48.1.0/26").attributes[1].handle = "default.web-11";
  records.blocks.rows.at("10.48.1.0/26").records.push_back({AddressOf("10.48.1.30"), 1, 3});
  records.handles.rows.erase("k8s-pod-network.sandbox-of-default/web-11");
  records.handles.rows["x"] = {.id = "default.web-11", .blocks = {{Block("10.48.1.0/26"), 2}}};
  const IpamReport report = LookTwice(records);
  CHECK(FoundBy(report) == Found{"ipam_handle_reborn default.web-11", "ipam_address_leaked 10.48.1.30"});
  CHECK(absl::StrContains(DetailOf(report, "ipam_handle_reborn", "default.web-11"), "releasing the handle frees both"));
  REQUIRE(report.releases.addresses.size() == 1);
  CHECK(report.releases.addresses[0].address == AddressOf("10.48.1.30"));
}

TEST_CASE("a handle of two lives is told with the order of steps while a node still has the earlier one") {
  ClusterRecords records = HealthyCluster();
  records.blocks.rows.at("10.48.1.0/26").attributes[1].handle = "default.web-11";
  IpamBlock& other = records.blocks.rows.at("10.48.2.0/26");
  other.attributes.push_back({.handle = "default.web-11", .type = "", .owner = {"default/web-11", "n2", ""}});
  other.records.push_back({AddressOf("10.48.2.40"), static_cast<uint32_t>(other.attributes.size() - 1), 3});
  AddSighting(records, "n2", AddressOf("10.48.2.40"), "default/web-11");
  records.handles = {};
  const IpamReport report = LookTwice(records);
  CHECK(FoundBy(report) ==
        Found{"ipam_handle_reborn default.web-11", "ipam_interface_without_pod 10.48.2.40 at n2 calin2web-11"});
  CHECK(DetailOf(report, "ipam_handle_reborn", "default.web-11") ==
        "holds 10.48.1.1 of pod default/web-11, which runs, and 10.48.2.40 of an earlier one of that name, which node "
        "n2 still has: its end frees both");
  CHECK(CommandsOf(report) ==
        std::vector<std::string>{"kubectl cordon n1",
                                 "crictl stopp $(crictl pods -q --namespace default --name '^web-11$')  # at node n2",
                                 "kubectl delete pod web-11 -n default", "kubectl uncordon n1"});
  CHECK(report.releases.addresses.empty());
}

TEST_CASE("two addresses of one pod behind its handle are none of an earlier one") {
  ClusterRecords records = HealthyCluster();
  IpamBlock& block = records.blocks.rows.at("10.48.1.0/26");
  block.records.push_back({AddressOf("10.48.1.30"), 1, 3});
  records.pods.rows.at("default/web-11").addresses.push_back(AddressOf("10.48.1.30"));
  AddSighting(records, "n1", AddressOf("10.48.1.30"), "default/web-11");
  records.handles = {};
  CHECK(FoundBy(LookTwice(records)) == Found{});
}

TEST_CASE("a living pod's address behind an earlier sandbox's handle is told") {
  ClusterRecords records = HealthyCluster();
  records.pods.rows.at("default/web-11").container = "another-sandbox";
  const std::string handle = "k8s-pod-network.sandbox-of-default/web-11";
  const IpamReport report = LookTwice(records);
  CHECK(FoundBy(report) == Found{"ipam_handle_reborn " + handle});
  CHECK(absl::StrContains(DetailOf(report, "ipam_handle_reborn", handle),
                          "is of an earlier sandbox of pod default/web-11"));
  records.pods.rows.at("default/web-11").created = kClusterRead;
  CHECK(FoundBy(LookTwice(records)) == Found{});
}

TEST_CASE("what a node that is gone holds is told once, with its leaked addresses as effects") {
  ClusterRecords records = HealthyCluster();
  records.nodes.rows.erase("n3");
  records.reports.rows.erase("n3");
  for (const char* pod : {"default/web-31", "default/web-32", "default/web-33", "default/web-34"})
    records.pods.rows.erase(pod);
  const IpamReport report = LookTwice(records);
  CHECK(FoundBy(report) == Found{"ipam_affinity_of_gone_node node n3", "ipam_address_leaked 10.48.3.1",
                                 "ipam_address_leaked 10.48.3.2", "ipam_address_leaked 10.48.3.3",
                                 "ipam_address_leaked 10.48.3.4"});
  CHECK(DetailOf(report, "ipam_affinity_of_gone_node", "node n3") ==
        "is gone, and still has 1 block with 7 recorded addresses; the first is 10.48.3.0/26");
  CHECK(absl::StrContains(DetailOf(report, "ipam_address_leaked", "10.48.3.1"), "that node is gone"));
  for (const IpamVerdict& verdict : report.verdicts)
    if (verdict.check->name == "ipam_address_leaked") CHECK(verdict.RootCauses() == 0);
}

TEST_CASE("nodes of other names than the records have prove nothing") {
  ClusterRecords records = HealthyCluster();
  ClusterTable<ClusterNode> others;
  others.complete = absl::OkStatus();
  others.read_at = kClusterRead;
  for (auto& [name, node] : records.nodes.rows) {
    others.rows["ip-" + name] = node;
    others.rows["ip-" + name].name = "ip-" + name;
  }
  records.nodes = others;
  CHECK(FoundBy(LookTwice(records)) == Found{});
  Vanish(records, "default/web-11", "n1", "10.48.1.1");
  records.reports.rows.erase("n1");
  CHECK(FoundBy(LookTwice(records)) == Found{});
  CHECK(DoubtsOf(LookTwice(records)).count("ipam_address_leaked: no agent's report of node n1") == 1);
}

TEST_CASE("a claim that stays pending or half deleted is told after five minutes") {
  for (const auto& [state, deleted] :
       {std::pair("pending", false), std::pair("pendingDeletion", false), std::pair("confirmed", true)}) {
    ClusterRecords records = HealthyCluster();
    BlockAffinity claim{.node = "n1",
                        .block = Block("10.48.7.0/26"),
                        .state = state,
                        .deleted = deleted,
                        .created = kClusterRead - absl::Hours(1)};
    records.affinities.rows["n1-7"] = claim;
    IpamState memory;
    JudgeIpam(records, kClusterRead, memory);
    const auto found = FoundBy(JudgeIpam(records, kClusterRead + absl::Minutes(1), memory));
    // Since when it is being given up, nobody noted.
    CHECK(found.count("ipam_affinity_pending 10.48.7.0/26 of n1") == (std::string(state) == "pending" ? 1 : 0));
    CHECK(FoundBy(JudgeIpam(records, kClusterRead + absl::Minutes(6), memory))
              .count("ipam_affinity_pending 10.48.7.0/26 of n1") == 1);
  }
}

TEST_CASE("a claim to a block that is not there, or another's, is told") {
  ClusterRecords records = HealthyCluster();
  records.affinities.rows["x"] = {.node = "n2", .block = Block("10.48.7.0/26"), .state = "confirmed"};
  records.affinities.rows["y"] = {.node = "n2", .block = Block("10.48.1.0/26"), .state = ""};
  const IpamReport report = LookTwice(records);
  CHECK(FoundBy(report) ==
        Found{"ipam_affinity_conflict 10.48.7.0/26 of n2", "ipam_affinity_conflict 10.48.1.0/26 of n2"});
  CHECK(absl::StrContains(DetailOf(report, "ipam_affinity_conflict", "10.48.7.0/26 of n2"), "there is no such block"));
  CHECK(absl::StrContains(DetailOf(report, "ipam_affinity_conflict", "10.48.1.0/26 of n2"), "is of host:n1"));
}

TEST_CASE("a block in use that no node claims is told") {
  ClusterRecords records = HealthyCluster();
  records.affinities.rows.erase("n1");
  CHECK(FoundBy(LookTwice(records)) == Found{"ipam_block_without_affinity 10.48.1.0/26"});
  records = HealthyCluster();
  records.affinities.rows.erase("n1");
  records.blocks.rows.at("10.48.1.0/26").affinity = "";
  CHECK(absl::StrContains(DetailOf(LookTwice(records), "ipam_block_without_affinity", "10.48.1.0/26"),
                          "no node claims it"));
  records.blocks.rows.at("10.48.1.0/26").claimed = kClusterRead;
  CHECK(ChecksThatFound(LookTwice(records)).count("ipam_block_without_affinity") == 0);
}

TEST_CASE("a block that its node's kernel does not confirm is told") {
  ClusterRecords records = HealthyCluster();
  records.reports.rows.at("n1").local_blocks = std::vector<Prefix>{};
  CHECK(FoundBy(LookTwice(records)) == Found{"ipam_block_not_in_kernel 10.48.1.0/26"});
  records.reports.rows.at("n1").local_blocks = std::nullopt;
  CHECK(FoundBy(LookTwice(records)) == Found{});
}

TEST_CASE("a block of a node's kernel that is not recorded as its own is told") {
  ClusterRecords records = HealthyCluster();
  records.reports.rows.at("n1").local_blocks->push_back(Block("10.48.2.0/26"));
  records.reports.rows.at("n1").local_blocks->push_back(Block("10.48.7.0/26"));
  records.reports.rows.at("n1").local_blocks->push_back(Block("10.96.0.0/12"));  // of services
  CHECK(FoundBy(LookTwice(records)) ==
        Found{"ipam_block_unrecorded 10.48.2.0/26 of n1", "ipam_block_unrecorded 10.48.7.0/26 of n1"});
}

TEST_CASE("blocks that overlap are told") {
  ClusterRecords records = HealthyCluster();
  records.blocks.rows["x"] = {.cidr = Block("10.48.1.32/27"), .affinity = "host:n1", .attributes = {}, .records = {}};
  CHECK(FoundBy(LookTwice(records)).count("ipam_blocks_overlap 10.48.1.32/27") == 1);
}

TEST_CASE("a block beyond all pools is told") {
  ClusterRecords records = HealthyCluster();
  records.pools.rows.at("default").cidr = Block("10.48.0.0/22");
  CHECK(FoundBy(LookTwice(records)) == Found{"ipam_block_outside_pools 10.48.9.0/26"});
}

TEST_CASE("borrowing is told where it is forbidden") {
  ClusterRecords records = HealthyCluster();
  records.configs.rows.at("default").strict_affinity = true;
  CHECK(FoundBy(LookTwice(records)) == Found{"ipam_strict_affinity_borrowed 10.48.2.9"});
}

TEST_CASE("handles that count otherwise than blocks do are told; empty ones may be deleted") {
  ClusterRecords records = HealthyCluster();
  records.handles.rows["left"] = {
      .id = "k8s-pod-network.left", .blocks = {{Block("10.48.1.0/26"), 1}}, .uid = "u", .revision = "9"};
  const IpamReport report = LookTwice(records);
  CHECK(FoundBy(report) == Found{"ipam_handle_disagrees k8s-pod-network.left"});
  REQUIRE(report.releases.handles.size() == 1);
  CHECK(report.releases.handles[0].revision == "9");
  records = HealthyCluster();
  records.handles.rows.erase("k8s-pod-network.sandbox-of-default/web-11");
  CHECK(FoundBy(LookTwice(records)) == Found{"ipam_handle_disagrees 10.48.1.1"});
  records = HealthyCluster();
  records.handles.rows.at("k8s-pod-network.sandbox-of-default/web-11").blocks[0].second = 2;
  const IpamReport miscounted = LookTwice(records);
  CHECK(ChecksThatFound(miscounted) == Found{"ipam_handle_disagrees"});
  CHECK(miscounted.releases.handles.empty());
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

}  // namespace caliwatch
