// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("route_through_workload", node); }

Snapshot NodeWith(const Route& route) {
  Snapshot node = HealthyNode();
  node.routes->push_back(route);
  return node;
}

TEST_CASE("a healthy node leads nothing to workloads but what is theirs, with endpoint-status and without") {
  Snapshot node = HealthyNode();
  CHECK(Run(node)->empty());
  node.endpoints = absl::NotFoundError("there is no endpoint-status");
  CHECK(Run(node)->empty());
}

TEST_CASE("a default route through a pod is found, with the command that ends it") {
  Route route = WorkloadRoute("0.0.0.0/0", 5);
  route.metric = 100;
  route.protocol = RTPROT_DHCP;
  const JudgedTexts judgement = Run(NodeWith(route));
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().subject == "0.0.0.0/0");
  CHECK(
      judgement->front().detail ==
      "the kernel sends it to pod default/pod-1 at cali12ab34cd56e, whose address it is not (protocol 16, by which ip "
      "route show names its writer)");
  CHECK(judgement->front().remedy.starts_with("ip route del default dev cali12ab34cd56e metric 100: "));
  CHECK(judgement->front().related == std::vector<std::string>{"cali12ab34cd56e"});
}

TEST_CASE("networks, routes by a gateway and single addresses that no file has are found as well") {
  Route route = WorkloadRoute("203.0.113.0/24", 5);
  SECTION("a network") {}
  SECTION("by a gateway") { route.gateway = *IpAddress::Parse("192.168.231.1"); }
  SECTION("an address") { route = WorkloadRoute("203.0.113.7", 5); }
  SECTION("IPv6") { route = WorkloadRoute("2001:db8::/64", 5); }
  CHECK(Run(NodeWith(route))->size() == 1);
}

TEST_CASE("a destination with several such routes is one finding") {
  Snapshot node = NodeWith(WorkloadRoute("203.0.113.0/24", 5));
  node.routes->push_back(WorkloadRoute("203.0.113.0/24", 6));
  node.routes->back().metric = 100;
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("a router advertisement from inside a pod is named, and stopped first") {
  Route route = WorkloadRoute("::/0", 5);
  route.protocol = RTPROT_RA;
  const FindingText found = Run(NodeWith(route))->front();
  CHECK(found.detail.find("a router advertisement that came from there") != std::string::npos);
  CHECK(found.remedy.starts_with(
      "sysctl -w net/ipv6/conf/cali12ab34cd56e/accept_ra=0, then ip -6 route del default dev cali12ab34cd56e: "));
}

TEST_CASE("what the kernel, BIRD, another table or a file leads there is in its place") {
  Route route = WorkloadRoute("203.0.113.0/24", 5);
  Snapshot node = HealthyNode();
  SECTION("the kernel's") { route.protocol = RTPROT_KERNEL; }
  SECTION("of a workload that is a BGP peer") { route.protocol = RTPROT_BIRD; }
  SECTION("another table") { route.table = 100; }
  SECTION("no workload's interface") { route.link = 2; }
  SECTION("a network that the workload has") {
    node.endpoints->front().prefixes.push_back(*Prefix::Parse("203.0.113.0/24"));
  }
  SECTION("another workload's address: that is workload_route_wrong_interface's") {
    route = WorkloadRoute("192.168.231.2", 5);
  }
  SECTION("an interface without a file, as of a new pod") {
    node.links->push_back(WorkloadLink(9, "cali00000000009"));
    route = WorkloadRoute("192.168.231.9", 9);
  }
  node.routes->push_back(route);
  CHECK(Run(node)->empty());
}

TEST_CASE("a single address is not foreign where the interface's file may be of a pod that has ended") {
  Snapshot node = HealthyNode();
  node.routes->push_back(WorkloadRoute("192.168.231.9", 5));
  REQUIRE(Run(node)->size() == 1);
  Recollection before;
  SECTION("Felix is away") { before.felix.is_away = true; }
  SECTION("Felix is back") { before.felix = {.answered = true, .lasted = absl::Seconds(24)}; }
  SECTION("file and kernel disagree") { before.felix.doubts["cali12ab34cd56e"].doubt = FileDoubt::kOtherAddress; }
  CHECK(JudgeBy("route_through_workload", node, before)->empty());
}

TEST_CASE("networks may be those of a workload whose file cannot be read, a default route may not") {
  Snapshot node = NodeWith(WorkloadRoute("203.0.113.0/24", 5));
  node.endpoints->front().interface.clear();
  CHECK(Run(node)->empty());
  node.routes->push_back(WorkloadRoute("0.0.0.0/0", 5));
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("while a table is missing, foreign routes are unknown") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = HealthyNode();
  SECTION("endpoints") { node.endpoints = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

TEST_CASE("what ends a route through a pod is told line by line") {
  Route route = WorkloadRoute("::/0", 5);
  route.protocol = RTPROT_RA;
  CHECK(LinesBy("route_through_workload", NodeWith(route)) ==
        std::vector<std::string>{"sysctl -w net/ipv6/conf/cali12ab34cd56e/accept_ra=0 # changes",
                                 "ip -6 route del default dev cali12ab34cd56e # changes"});
  CHECK(LinesBy("route_through_workload", NodeWith(WorkloadRoute("203.0.113.0/24", 5))) ==
        std::vector<std::string>{"ip route del 203.0.113.0/24 dev cali12ab34cd56e # changes"});
}

}  // namespace
}  // namespace caliwatch
