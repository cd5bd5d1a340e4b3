// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("workload_route_linkdown", node); }

Snapshot NodeWithoutCarrier() {
  Snapshot node = HealthyNode();
  node.links->at(1).carrier = false;
  return node;
}

TEST_CASE("a healthy node's workload routes have carrier") { CHECK(Run(HealthyNode())->empty()); }

TEST_CASE("a route over a cali interface without carrier is found, with the pod") {
  CHECK(*Run(NodeWithoutCarrier()) == std::vector<FindingText>{{"192.168.231.1/32",
                                                                "cali12ab34cd56e of pod default/pod-1 has no carrier",
                                                                "",
                                                                {"cali12ab34cd56e", "192.168.231.1"}}});
}

TEST_CASE("without endpoint-status the route is found likewise, without the pod") {
  Snapshot node = NodeWithoutCarrier();
  node.endpoints = absl::NotFoundError("there is no endpoint-status");
  CHECK(Run(node)->front().detail == "cali12ab34cd56e has no carrier");
}

TEST_CASE("a route that the kernel marks as linkdown is found") {
  Snapshot node = HealthyNode();
  for (Route& route : *node.routes)
    if (route.link == 6) route.flags = RTNH_F_LINKDOWN;
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "192.168.231.2/32");
}

TEST_CASE("two routes that differ in metric only are one finding") {
  Snapshot node = NodeWithoutCarrier();
  Route second = WorkloadRoute("192.168.231.1", 5);
  second.metric = 1024;
  node.routes->push_back(second);
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("an interface without carrier that no workload's route leads to is harmless here") {
  Snapshot node = NodeWithoutCarrier();
  Route& route = *std::find_if(node.routes->begin(), node.routes->end(), [](const Route& r) { return r.link == 5; });
  SECTION("no route") { node.routes->erase(node.routes->begin() + (&route - node.routes->data())); }
  SECTION("a route of another table") { route.table = 100; }
  SECTION("a route to a network") { route.destination = *Prefix::Parse("192.168.231.0/30"); }
  CHECK(Run(node)->empty());
}

TEST_CASE("host interfaces without carrier, and interfaces switched off, are other checks'") {
  Snapshot node = HealthyNode();
  SECTION("a host interface") {
    node.links->front().carrier = false;
    node.routes->push_back(WorkloadRoute("10.39.1.7", 2));
  }
  SECTION("switched off") { node.links->at(1).up = node.links->at(1).carrier = false; }
  CHECK(Run(node)->empty());
}

TEST_CASE("a node without workloads has no such routes") {
  Snapshot node = HealthyNode();
  node.links->resize(1);
  CHECK(Run(node)->empty());
}

TEST_CASE("while links or routes cannot be read, carrier is unknown rather than fine") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = HealthyNode();
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

TEST_CASE("endpoints that cannot be read cost no more than the pod's name") {
  Snapshot node = NodeWithoutCarrier();
  node.endpoints = absl::UnavailableError("permission denied");
  CHECK(Run(node)->size() == 1);
}

}  // namespace
}  // namespace caliwatch
