// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("workload_routes_all_missing", node); }

Snapshot WithoutRoutes(Snapshot node, Family family) {
  std::erase_if(*node.routes, [&](const Route& route) { return route.family() == family && route.link > 2; });
  return node;
}

Snapshot DualStackNode() {
  Snapshot node = HealthyNode();
  node.endpoints->front().prefixes.push_back(*Prefix::Parse("fd00::1/128"));
  node.endpoints->back().prefixes.push_back(*Prefix::Parse("fd00::2/128"));
  node.routes->push_back(WorkloadRoute("fd00::1/128", 5));
  node.routes->push_back(WorkloadRoute("fd00::2/128", 6));
  return node;
}

TEST_CASE("a healthy node has its workloads' routes") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(DualStackNode())->empty());
}

TEST_CASE("all routes that go at once have one cause") {
  const JudgedTexts judgement = Run(WithoutRoutes(HealthyNode(), Family::kIpv4));
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().subject == "workloads ipv4");
  CHECK(
      judgement->front().detail ==
      "all routes to the 2 ipv4 addresses of this node's workloads are gone, while their interfaces are up: something "
      "removes routes that are not its own");
}

TEST_CASE("IPv6 alone is what Felix was never told to do") {
  const JudgedTexts judgement = Run(WithoutRoutes(DualStackNode(), Family::kIpv6));
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().subject == "workloads ipv6");
  CHECK(judgement->front().detail ==
        "workloads of this node have 2 IPv6 addresses, and none has a route, while IPv4 ones have: Felix makes no IPv6 "
        "routes here");
  CHECK(judgement->front().remedy.find("FELIX_IPV6SUPPORT") != std::string::npos);
  const JudgedTexts both = Run(WithoutRoutes(WithoutRoutes(DualStackNode(), Family::kIpv6), Family::kIpv4));
  REQUIRE(both->size() == 2);
  CHECK(both->back().detail.find("all routes to the 2 ipv6 addresses of this node's workloads are gone") == 0);
}

TEST_CASE("one workload alone, or one of several, is no common cause, nor are interfaces that are down") {
  Snapshot node = WithoutRoutes(HealthyNode(), Family::kIpv4);
  SECTION("one alone") { node.endpoints->resize(1); }
  SECTION("one of two") { node.routes->push_back(WorkloadRoute("192.168.231.1", 5)); }
  SECTION("down") { node.links->at(1).up = node.links->at(2).up = false; }
  CHECK(Run(node)->empty());
}

TEST_CASE("without endpoint-status, who answers counts") {
  Snapshot node = WithoutRoutes(HealthyNode(), Family::kIpv4);
  node.endpoints = absl::NotFoundError("there is no endpoint-status");
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("while a table is missing, routes are unknown rather than gone") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = HealthyNode();
  SECTION("endpoints") { node.endpoints = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
