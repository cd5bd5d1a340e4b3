// SPDX-License-Identifier: Apache-2.0

// Blocks, claims to them, and nodes that are gone.

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

}  // namespace
}  // namespace caliwatch
