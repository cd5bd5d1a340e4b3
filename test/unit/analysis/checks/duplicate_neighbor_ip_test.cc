// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("duplicate_neighbor_ip", node); }

TEST_CASE("a healthy node has no duplicate neighbor addresses") { CHECK(Run(HealthyNode())->empty()); }

TEST_CASE("one address on two workload interfaces is found once, with both interfaces") {
  Snapshot node = HealthyNode();
  node.neighbors->push_back(NeighborEntry("192.168.231.1", 6, NUD_PERMANENT));
  CHECK(*Run(node) ==
        std::vector<FindingText>{{"192.168.231.1",
                                  "has neighbor entries on 2 interfaces: cali12ab34cd56e, calif0f0f0f0f0f",
                                  "",
                                  {"cali12ab34cd56e", "calif0f0f0f0f0f"}}});
}

// A pod has a further network (Multus), in which the node has an address as well; it asked for its gateway with that
// one.
Snapshot NodeWithSecondNetwork() {
  Snapshot node = HealthyNode();
  Link shim = WorkloadLink(9, "shim0");
  shim.kind = "macvlan";
  node.links->push_back(shim);
  node.addresses->push_back({*IpAddress::Parse("172.31.9.1"), 24, RT_SCOPE_UNIVERSE, 0, 9});
  node.neighbors->push_back(NeighborEntry("172.31.9.2", 9));
  node.neighbors->push_back(NeighborEntry("172.31.9.2", 5));
  return node;
}

TEST_CASE("a pod's address of a second network is known where that network is, too") {
  CHECK(Run(NodeWithSecondNetwork())->empty());
}

TEST_CASE("an address that a route leads to a pod, or that is on two pods' interfaces, has no second home") {
  Snapshot node = NodeWithSecondNetwork();
  SECTION("routed") { node.routes->push_back(WorkloadRoute("172.31.9.2", 5)); }
  SECTION("two pods") { node.neighbors->push_back(NeighborEntry("172.31.9.2", 6)); }
  SECTION("another network's interface") { node.addresses->back().link = 2; }
  SECTION("the node's addresses are unknown") { node.addresses = absl::UnavailableError("netlink is gone"); }
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("eleven entries for one address are one finding") {
  Snapshot node = HealthyNode();
  for (int link = 10; link < 20; ++link) {
    node.links->push_back(WorkloadLink(link, "cali0000000000" + std::to_string(link % 10)));
    node.neighbors->push_back(NeighborEntry("192.168.231.1", link, NUD_PERMANENT));
  }
  const JudgedTexts judgement = Run(node);
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().detail.find("on 11 interfaces") != std::string::npos);
}

TEST_CASE("entries that never resolved do not make an address a duplicate") {
  Snapshot node = HealthyNode();
  node.neighbors->push_back(NeighborEntry("192.168.231.1", 6, NUD_FAILED));
  node.neighbors->push_back(NeighborEntry("192.168.231.2", 5, NUD_INCOMPLETE));
  CHECK(Run(node)->empty());
}

TEST_CASE("a proxy entry is not a neighbor") {
  Snapshot node = HealthyNode();
  Neighbor proxy = NeighborEntry("192.168.231.1", 6);
  proxy.flags = NTF_PROXY;
  node.neighbors->push_back(proxy);
  CHECK(Run(node)->empty());
}

TEST_CASE("link-local addresses exist once per interface") {
  Snapshot node = HealthyNode();
  for (int link : {5, 6}) {
    node.neighbors->push_back(NeighborEntry("fe80::1", link));
    node.neighbors->push_back(NeighborEntry("169.254.1.1", link));
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("an address on two host interfaces is no business of Calico") {
  Snapshot node = HealthyNode();
  Link eth1 = WorkloadLink(3, "eth1");
  node.links->push_back(eth1);
  node.neighbors->push_back(NeighborEntry("10.39.1.219", 3));
  CHECK(Run(node)->empty());
}

TEST_CASE("a workload's address that also answers on the host's network is a duplicate") {
  Snapshot node = HealthyNode();
  node.neighbors->push_back(NeighborEntry("192.168.231.1", 2));
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("a workload that is just migrating has two interfaces with routes of two metrics, and is left out") {
  Snapshot node = HealthyNode();
  node.neighbors->push_back(NeighborEntry("192.168.231.1", 6));
  Route live = WorkloadRoute("192.168.231.1", 6);
  live.metric = 512;
  node.routes->push_back(live);
  CHECK(Run(node)->empty());
}

TEST_CASE("Calico's eBPF devices keep an entry of their own") {
  Snapshot node = HealthyNode();
  node.links->push_back(WorkloadLink(9, "bpfin.cali"));
  node.neighbors->push_back(NeighborEntry("192.168.231.1", 9, NUD_PERMANENT));
  CHECK(Run(node)->empty());
}

TEST_CASE("entries on Calico's VXLAN device are written for the nodes' tunnel addresses, and left out") {
  Snapshot node = HealthyNode();
  Link vxlan = WorkloadLink(9, "vxlan.calico");
  vxlan.kind = "vxlan";
  node.links->push_back(vxlan);
  node.neighbors->push_back(NeighborEntry("192.168.231.1", 9, NUD_PERMANENT));
  CHECK(Run(node)->empty());
}

TEST_CASE("two routes of other metrics than a moved workload's excuse no duplicate") {
  Snapshot node = HealthyNode();
  node.neighbors->push_back(NeighborEntry("192.168.231.1", 6));
  Route second = WorkloadRoute("192.168.231.1", 6);
  second.metric = 1024;
  node.routes->push_back(second);
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("while a table is missing, duplicates are unknown rather than none") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = HealthyNode();
  SECTION("neighbors") { node.neighbors = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

TEST_CASE("a node without workloads has nothing to judge and nothing to find") {
  Snapshot node = HealthyNode();
  node.links->resize(1);
  node.neighbors = std::vector<Neighbor>{NeighborEntry("10.39.1.219", 2)};
  CHECK(Run(node)->empty());
}

}  // namespace
}  // namespace caliwatch
