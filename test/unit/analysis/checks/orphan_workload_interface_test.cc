// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/observe.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("orphan_workload_interface", node); }

Snapshot NodeWithOrphan() {
  Snapshot node = HealthyNode();
  node.links->push_back(WorkloadLink(9, "cali00000000009"));
  return node;
}

Snapshot WithoutEndpoints(Snapshot node) {
  node.endpoints = absl::NotFoundError("there is no endpoint-status");
  return node;
}

TEST_CASE("a healthy node has no orphans, with endpoint-status and without") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(WithoutEndpoints(HealthyNode()))->empty());
}

TEST_CASE("an interface that no endpoint names is an orphan") {
  CHECK(*Run(NodeWithOrphan()) ==
        std::vector<FindingText>{{"cali00000000009", "belongs to no workload that Calico has on this node"}});
}

TEST_CASE("an orphan that routes still lead to is found, with their addresses") {
  Snapshot node = NodeWithOrphan();
  node.routes->push_back(WorkloadRoute("192.168.231.9", 9));
  CHECK(*Run(node) == std::vector<FindingText>{{"cali00000000009",
                                                "belongs to no workload that Calico has on this node, though routes to "
                                                "192.168.231.9 lead there",
                                                "",
                                                {"192.168.231.9"}}});
}

TEST_CASE("an orphan is an orphan, veth or netkit") {
  Snapshot node = NodeWithOrphan();
  node.links->back().kind = "netkit";
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("an interface that does not run is no orphan for that: Felix keeps no file of it") {
  Snapshot node = NodeWithOrphan();
  SECTION("down") { node.links->back().up = false; }
  SECTION("without carrier") {}
  node.links->back().carrier = false;
  CHECK(Run(node)->empty());
  CHECK(Run(WithoutEndpoints(node))->empty());
}

TEST_CASE("while Felix is away or behind, and where its file may be what lacks, nothing tells of an orphan") {
  const Snapshot node = NodeWithOrphan();
  Recollection before;
  before.felix = {.answered = true, .lasted = absl::Seconds(25)};
  REQUIRE(JudgeBy("orphan_workload_interface", node, before)->size() == 1);
  SECTION("away") { before.felix.is_away = true; }
  SECTION("back") { before.felix.lasted = absl::Seconds(24); }
  SECTION("in doubt") { before.felix.doubts["cali00000000009"].doubt = FileDoubt::kNoFile; }
  CHECK(JudgeBy("orphan_workload_interface", node, before)->empty());
}

TEST_CASE(
    "where a file names no interface, as it was just begun or cannot be read, any interface may be its workload's") {
  Snapshot node = NodeWithOrphan();
  SECTION("one with routes") { node.routes->push_back(WorkloadRoute("192.168.231.9", 9)); }
  SECTION("one without") {}
  REQUIRE(Run(node)->size() == 1);
  node.endpoints->push_back(Endpoint{});
  CHECK(Run(node)->empty());
}

TEST_CASE("only where both ends are the node's own does anything say: delete it") {
  Snapshot node = NodeWithOrphan();
  CHECK(Run(node)->front().remedy.empty());
  node.links->back().peer_netns_id.reset();
  CHECK(Run(node)->front().remedy ==
        "Both of its ends are in the node's own namespace, so that no container can have it: ip link delete "
        "cali00000000009.");
}

TEST_CASE("interfaces of other names and kinds are none of Calico's workloads") {
  Snapshot node = NodeWithOrphan();
  SECTION("another plugin's") { node.links->back() = WorkloadLink(9, "veth1234"); }
  SECTION("an eBPF device") { node.links->back() = WorkloadLink(9, "bpfin.cali"); }
  SECTION("a bridge that somebody named so") { node.links->back().kind = "bridge"; }
  CHECK(Run(node)->empty());
  CHECK(Run(WithoutEndpoints(node))->empty());
}

TEST_CASE("without endpoint-status, an interface without routes where nobody answers is an orphan") {
  Snapshot node = WithoutEndpoints(NodeWithOrphan());
  SECTION("no entry at all") {}
  SECTION("an entry that somebody wrote") {
    node.neighbors->push_back(NeighborEntry("192.168.231.1", 9, NUD_PERMANENT));
  }
  SECTION("an entry that failed") { node.neighbors->push_back(NeighborEntry("192.168.231.9", 9, NUD_FAILED)); }
  SECTION("a link-local one") { node.neighbors->push_back(NeighborEntry("fe80::1", 9)); }
  CHECK(*Run(node) ==
        std::vector<FindingText>{{"cali00000000009",
                                  "no route leads to it, and nobody answers there (judged without Calico's "
                                  "endpoint-status)"}});
}

TEST_CASE("without endpoint-status, an interface with a route or with somebody who answers is in use") {
  Snapshot node = WithoutEndpoints(NodeWithOrphan());
  SECTION("a route") { node.routes->push_back(WorkloadRoute("192.168.231.9", 9)); }
  SECTION("an IPv6 route") { node.routes->push_back(WorkloadRoute("fd00::9", 9)); }
  SECTION("somebody answers") { node.neighbors->push_back(NeighborEntry("192.168.231.9", 9, NUD_STALE)); }
  SECTION("somebody answers, by IPv6") { node.neighbors->push_back(NeighborEntry("fd00::9", 9)); }
  CHECK(Run(node)->empty());
}

TEST_CASE("an empty folder of endpoints is not believed: the kernel's tables judge") {
  Snapshot node = NodeWithOrphan();
  node.endpoints->clear();
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "cali00000000009");
}

TEST_CASE("an interface gets its endpoint before it counts as an orphan") {
  Observer observer;
  const auto findings_after = [&](int seconds) {
    Snapshot node = NodeWithOrphan();
    node.taken_at += absl::Seconds(seconds);
    node.boot_time += absl::Seconds(seconds);
    for (const Verdict& verdict : observer.Observe(Seen(node)).verdicts)
      if (verdict.check->name == "orphan_workload_interface") return verdict.findings.size();
    return size_t{99};
  };
  CHECK(findings_after(0) == 0);
  CHECK(findings_after(7) == 0);
  CHECK(findings_after(14) == 0);
  CHECK(findings_after(15) == 1);
}

TEST_CASE("a node without workload interfaces has no orphans") {
  Snapshot node = HealthyNode();
  node.links->resize(1);
  node.endpoints->clear();
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, orphans are unknown rather than none") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = HealthyNode();
  SECTION("endpoints") { node.endpoints = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  SECTION("neighbors") { node.neighbors = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
