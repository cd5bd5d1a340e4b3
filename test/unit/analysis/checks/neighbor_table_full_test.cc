// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("neighbor_table_full", node); }

Snapshot WithEntries(Family family, uint32_t entries) {
  Snapshot node = HealthyNode();
  for (NeighborLimits& limits : *node.neighbor_limits)
    if (limits.family == family) limits.entries = entries;
  return node;
}

void AddToTable(Snapshot& node, int count, uint16_t state, uint8_t flags = 0) {
  for (int number = 0; number < count; ++number) {
    node.neighbors->push_back(NeighborEntry("10.0.0.1", 2, state));
    node.neighbors->back().flags = flags;
  }
}

TEST_CASE("a healthy node's neighbor tables have room") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(VxlanNode())->empty());
}

TEST_CASE("a neighbor table at 80 percent of its limit is found") {
  CHECK(Run(WithEntries(Family::kIpv4, 819))->empty());
  CHECK(*Run(WithEntries(Family::kIpv4, 820)) ==
        std::vector<FindingText>{
            {"IPv4",
             "the neighbor table holds 820 entries of at most 1024; 4 of them are in the node's own namespace, most at "
             "eth0 (2, of these 2 reachable)",
             "Raise the limits, as to four times as much: sysctl -w "
             "net.ipv4.neigh.default.gc_thresh3=4096 net.ipv4.neigh.default.gc_thresh2=2048, and the "
             "same in /etc/sysctl.d."}});
}

TEST_CASE("eighty percent are enough, and of two states with as many entries the first is told") {
  Snapshot node = WithEntries(Family::kIpv4, 800);
  node.neighbor_limits->front().limit = 1000;
  AddToTable(node, 2, NUD_STALE);
  AddToTable(node, 3, NUD_REACHABLE, NTF_PROXY);  // no neighbor's
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail.find("; 6 of them are in the node's own namespace, most at eth0 (4, of these 2 "
                                       "reachable)") != std::string::npos);
}

TEST_CASE("who fills the table is told by interface and state; where it is the pods, that too") {
  Snapshot node = WithEntries(Family::kIpv4, 1000);
  AddToTable(node, 500, NUD_FAILED);
  AddToTable(node, 181, NUD_PERMANENT);
  REQUIRE(Run(node)->empty());
  node.neighbor_limits->front().entries = 1020;
  CHECK(
      Run(node)->front().detail ==
      "the neighbor table holds 839 entries of at most 1024; 504 of them are in the node's own namespace, most at eth0 "
      "(502, of these 500 failed)");
  node.neighbors->clear();
  CHECK(Run(node)->front().detail ==
        "the neighbor table holds 1020 entries of at most 1024; none of them is in the node's own namespace: pods hold "
        "them");
}

TEST_CASE("each family has a limit of its own") {
  const JudgedTexts judgement = Run(WithEntries(Family::kIpv6, 2000));
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().subject == "IPv6");
  CHECK(judgement->front().remedy.find("net.ipv6.neigh") != std::string::npos);
}

TEST_CASE("permanent entries and another program's do not count against the limit") {
  Snapshot node = WithEntries(Family::kIpv4, 1000);
  SECTION("permanent") { AddToTable(node, 181, NUD_PERMANENT); }
  SECTION("learned outside") { AddToTable(node, 181, NUD_REACHABLE, NTF_EXT_LEARNED); }
  CHECK(Run(node)->empty());
}

TEST_CASE("ordinary entries, proxies and the other family's permanent ones do not make room") {
  Snapshot node = WithEntries(Family::kIpv4, 1000);
  SECTION("reachable") { AddToTable(node, 181, NUD_REACHABLE); }
  SECTION("proxy") { AddToTable(node, 181, NUD_PERMANENT, NTF_PROXY); }
  SECTION("IPv6") {
    AddToTable(node, 181, NUD_PERMANENT);
    for (Neighbor& neighbor : *node.neighbors) neighbor.address.family = Family::kIpv6;
  }
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("more permanent entries than the table was said to hold are no negative number") {
  Snapshot node = WithEntries(Family::kIpv4, 3);
  AddToTable(node, 5, NUD_PERMANENT);
  CHECK(Run(node)->empty());
}

TEST_CASE("a host without Calico's interfaces is left alone, as is a table without a limit") {
  Snapshot node = WithEntries(Family::kIpv4, 1024);
  SECTION("no Calico") { node.links->resize(1); }
  SECTION("no limit") { node.neighbor_limits->front().limit = 0; }
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, room for neighbors is unknown") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = HealthyNode();
  SECTION("limits") { node.neighbor_limits = gone; }
  SECTION("neighbors") { node.neighbors = gone; }
  SECTION("links") { node.links = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

TEST_CASE("the line that makes room in the table of a family has four times its limit") {
  CHECK(LinesBy("neighbor_table_full", WithEntries(Family::kIpv6, 2000)) ==
        std::vector<std::string>{
            "sysctl -w net.ipv6.neigh.default.gc_thresh3=4096 net.ipv6.neigh.default.gc_thresh2=2048 # changes",
            "ip -6 -s neigh | wc -l"});
}

}  // namespace
}  // namespace caliwatch
