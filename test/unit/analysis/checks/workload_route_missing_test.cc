// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("workload_route_missing", node); }

const char* const kRemedy =
    "Add the route by hand, until Felix does so itself, which takes up to 100 s. If it does not: see why calico-node "
    "here is not ready, or restart it.";

// The route to pod 1, 192.168.231.1 at interface 5, is gone.
Snapshot NodeWithoutRoute() {
  Snapshot node = HealthyNode();
  std::erase_if(*node.routes, [](const Route& route) { return route.link == 5; });
  return node;
}

Snapshot WithoutEndpoints(Snapshot node) {
  node.endpoints = absl::NotFoundError("there is no endpoint-status");
  return node;
}

TEST_CASE("a healthy node has a route to each workload, with endpoint-status and without") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(WithoutEndpoints(HealthyNode()))->empty());
}

TEST_CASE("a workload without route is found, with its pod and interface") {
  CHECK(*Run(NodeWithoutRoute()) ==
        std::vector<FindingText>{{"192.168.231.1",
                                  "the kernel has no route to it, but pod default/pod-1 at cali12ab34cd56e has it",
                                  kRemedy,
                                  {"cali12ab34cd56e"}}});
}

TEST_CASE("a workload of another orchestrator is no pod") {
  Snapshot node = NodeWithoutRoute();
  node.endpoints->front().orchestrator = "openstack";
  node.endpoints->front().workload = "vm-1";
  CHECK(Run(node)->front().detail == "the kernel has no route to it, but workload vm-1 at cali12ab34cd56e has it");
}

TEST_CASE("a missing route says that the interface is down, too; one that is missing is another check's") {
  Snapshot node = NodeWithoutRoute();
  node.links->at(1).up = false;
  CHECK(Run(node)->front().detail ==
        "the kernel has no route to it, but pod default/pod-1 at cali12ab34cd56e has it; the interface is down, too");
  node.links->erase(node.links->begin() + 1);
  CHECK(Run(node)->empty());
}

TEST_CASE("the block's blackhole and routes of other tables lead nobody to a workload") {
  Snapshot node = NodeWithoutRoute();
  Route in_other_table = WorkloadRoute("192.168.231.1", 5);
  in_other_table.table = 100;
  node.routes->push_back(in_other_table);
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("a route to another interface is not a missing one") {
  Snapshot node = NodeWithoutRoute();
  node.routes->push_back(WorkloadRoute("192.168.231.1", 6));
  CHECK(Run(node)->empty());
}

TEST_CASE("a workload needs routes in the families that it has, and in no other") {
  Snapshot node = HealthyNode();
  node.endpoints->front().prefixes.push_back(*Prefix::Parse("fd00::1/128"));
  CHECK(Run(node)->front().subject == "fd00::1");
  node.routes->push_back(WorkloadRoute("fd00::1/128", 5));
  CHECK(Run(node)->empty());  // pod 2 has no IPv6 address
}

TEST_CASE("an address that two workloads claim is missing once") {
  Snapshot node = NodeWithoutRoute();
  node.endpoints->push_back(EndpointRow("default/pod-3", "calif0f0f0f0f0f", "192.168.231.1"));
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("endpoints of other plugins' interfaces, of networks, and those just being written need no host route") {
  Snapshot node = NodeWithoutRoute();
  SECTION("another plugin's") { node.endpoints->front().interface = "eth0"; }
  SECTION("a network") { node.endpoints->front().prefixes = {*Prefix::Parse("192.168.231.1/31")}; }
  SECTION("being written") {
    node.endpoints->front().interface.clear();
    node.endpoints->front().prefixes.clear();
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("without endpoint-status, an address of this node's block that answers where no route leads is found") {
  CHECK(*Run(WithoutEndpoints(NodeWithoutRoute())) ==
        std::vector<FindingText>{{"192.168.231.1",
                                  "the kernel has no route to it, but cali12ab34cd56e has it (judged without Calico's "
                                  "endpoint-status)",
                                  kRemedy,
                                  {"cali12ab34cd56e"}}});
}

TEST_CASE("without endpoint-status, what may be another network's inside a pod, or a leftover, is not found") {
  Snapshot node = WithoutEndpoints(NodeWithoutRoute());
  Neighbor& entry = node.neighbors->front();
  SECTION("an address of no block of this node") { entry.address = *IpAddress::Parse("172.17.0.2"); }
  SECTION("an entry that somebody wrote") { entry.state = NUD_PERMANENT; }
  SECTION("an entry that failed") { entry.state = NUD_FAILED; }
  SECTION("an interface that another route leads to") { node.routes->push_back(WorkloadRoute("192.168.231.3", 5)); }
  SECTION("an entry of who has fallen silent: it may have ended") { entry.state = NUD_STALE; }
  SECTION("a route that leads elsewhere") { node.routes->push_back(WorkloadRoute("192.168.231.1", 6)); }
  SECTION("two interfaces answer") { node.neighbors->push_back(NeighborEntry("192.168.231.1", 6)); }
  CHECK(Run(node)->empty());
}

TEST_CASE("where no interface is Calico's, missing routes to workloads do not apply") {
  Snapshot node = NodeWithoutRoute();
  node.links->resize(1);
  CHECK(absl::IsNotFound(Run(node).status()));
}

TEST_CASE("without endpoint-status, who has fallen silent counts while Felix is away, which takes no route away then") {
  Snapshot node = WithoutEndpoints(NodeWithoutRoute());
  node.neighbors->front().state = NUD_STALE;
  REQUIRE(Run(node)->empty());
  CHECK(JudgeBy("workload_route_missing", node, {.felix = {.is_away = true}})->size() == 1);
}

TEST_CASE("what a file says whose interface leads to other addresses may be of a pod that has ended") {
  const Snapshot node = NodeWithoutRoute();
  REQUIRE(Run(node)->size() == 1);
  Recollection before;
  before.felix.doubts["cali12ab34cd56e"].doubt = FileDoubt::kOtherAddress;
  CHECK(JudgeBy("workload_route_missing", node, before)->empty());
}

// As with a virtual machine of KubeVirt that runs on another node.
Snapshot NodeThatAwaitsOne() {
  Snapshot node = HealthyNode();
  node.links->push_back(WorkloadLink(9, "cali00000000009"));
  node.endpoints->push_back(EndpointRow("vms/vm-1", "cali00000000009", "192.168.219.9"));
  return node;
}

TEST_CASE("a virtual machine that is yet to come from another node needs no route here") {
  Snapshot node = NodeThatAwaitsOne();
  SECTION("its block is another node's") {}
  SECTION("nobody answers the kernel for it") {
    node.neighbors->push_back(NeighborEntry("192.168.219.9", 9, NUD_FAILED));
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("a borrowed address whose route is gone is told from a machine that is yet to come") {
  Snapshot node = NodeThatAwaitsOne();
  SECTION("it has answered here") { node.neighbors->push_back(NeighborEntry("192.168.219.9", 9, NUD_STALE)); }
  SECTION("no other node has its block") {
    std::erase_if(*node.routes,
                  [](const Route& route) { return route.destination == *Prefix::Parse("192.168.219.0/26"); });
  }
  SECTION("it is in a block of this node") { node.endpoints->back().prefixes = {*Prefix::Parse("192.168.231.9/32")}; }
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("who answers at an interface has to be known where an address is in no block of this node") {
  Snapshot node = NodeThatAwaitsOne();
  node.neighbors = absl::UnavailableError("netlink is gone");
  CHECK(absl::IsUnavailable(Run(node).status()));
}

TEST_CASE("while a table is missing, routes to workloads are unknown rather than there") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = HealthyNode();
  SECTION("endpoints") { node.endpoints = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  SECTION("links, without endpoint-status") { (node = WithoutEndpoints(node)).links = gone; }
  SECTION("routes, without endpoint-status") { (node = WithoutEndpoints(node)).routes = gone; }
  SECTION("neighbors, without endpoint-status") { (node = WithoutEndpoints(node)).neighbors = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
