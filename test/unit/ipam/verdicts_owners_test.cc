// SPDX-License-Identifier: Apache-2.0

// Pods without record, two with one address, records and handles of another.

#include <algorithm>
#include <set>
#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "lib/ipam/commands.h"
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

}  // namespace
}  // namespace caliwatch
