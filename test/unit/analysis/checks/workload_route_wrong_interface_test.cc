// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/match.h>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

const char* const kAddress = "192.168.231.1";

JudgedTexts Run(const Snapshot& node) { return JudgeBy("workload_route_wrong_interface", node); }

Route& RouteTo(Snapshot& node, absl::string_view address) {
  for (Route& route : *node.routes)
    if (route.destination == *Prefix::Parse(address)) return route;
  throw std::runtime_error("no such route");
}

Neighbor& NeighborOf(Snapshot& node, absl::string_view address) {
  for (Neighbor& neighbor : *node.neighbors)
    if (neighbor.address == *IpAddress::Parse(address)) return neighbor;
  throw std::runtime_error("no such neighbor");
}

// Pod 1's address leads to the interface of pod 2.
Snapshot NodeWithWrongRoute() {
  Snapshot node = HealthyNode();
  RouteTo(node, kAddress).link = 6;
  return node;
}

Snapshot WithoutEndpoints(Snapshot node) {
  node.endpoints = absl::NotFoundError("there is no endpoint-status");
  return node;
}

TEST_CASE("a healthy node's routes lead to the right interfaces, with endpoint-status and without") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(WithoutEndpoints(HealthyNode()))->empty());
}

TEST_CASE("a route to another workload's interface is found, with both interfaces and both pods") {
  const JudgedTexts judgement = Run(NodeWithWrongRoute());
  CHECK(*judgement == std::vector<FindingText>{{kAddress,
                                                "the kernel sends it to calif0f0f0f0f0f of pod default/pod-2, but pod "
                                                "default/pod-1 at cali12ab34cd56e has it",
                                                "",
                                                {kAddress, "cali12ab34cd56e", "calif0f0f0f0f0f"}}});
}

TEST_CASE("a route to an interface that was left behind is found, and said to belong to nobody") {
  Snapshot node = HealthyNode();
  node.links->push_back(WorkloadLink(9, "cali00000000009"));
  RouteTo(node, kAddress).link = 9;
  CHECK(Run(node)->front().detail ==
        "the kernel sends it to cali00000000009, which belongs to no workload, but pod default/pod-1 at "
        "cali12ab34cd56e has it");
}

TEST_CASE("a route that leads to another node is wrong while the workload is here") {
  Snapshot node = HealthyNode();
  RouteTo(node, kAddress) = BlockRoute("192.168.231.1/32", "10.39.1.36");
  CHECK(Run(node)->front().detail ==
        "the kernel sends it to gateway 10.39.1.36 by way of eth0, but pod default/pod-1 at cali12ab34cd56e has it");
}

TEST_CASE("a blackhole in the place of a workload's route is found") {
  Snapshot node = HealthyNode();
  RouteTo(node, kAddress).type = RTN_BLACKHOLE;
  RouteTo(node, kAddress).link = 0;
  CHECK(Run(node)->front().detail.find("sends it to nowhere (a blackhole or the like), but") != std::string::npos);
  CHECK(Run(node)->front().related == std::vector<std::string>{kAddress, "cali12ab34cd56e"});
}

TEST_CASE("a route to the network is wrong, and one to an interface that has just gone") {
  Snapshot node = HealthyNode();
  RouteTo(node, kAddress).link = 2;
  CHECK(Run(node)->front().detail == "the kernel sends it to eth0, but pod default/pod-1 at cali12ab34cd56e has it");
  RouteTo(node, kAddress).link = 77;
  CHECK(Run(node)->front().related == std::vector<std::string>{kAddress, "cali12ab34cd56e"});
}

TEST_CASE("who answers need not be known to tell that a route leads to another workload") {
  Snapshot node = NodeWithWrongRoute();
  node.neighbors = absl::UnavailableError("netlink is gone");
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("of several routes to one address, the one with the lowest metric counts") {
  Snapshot node = HealthyNode();
  Route other = WorkloadRoute(kAddress, 6);
  other.metric = 1024;
  node.routes->push_back(other);
  CHECK(Run(node)->empty());
  RouteTo(node, kAddress).metric = 2048;
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("a workload that is moved while it runs has a second route of metric 512, and is left out") {
  Snapshot node = HealthyNode();
  RouteTo(node, kAddress).metric = 1024;
  Route live = WorkloadRoute(kAddress, 6);
  live.metric = 512;
  node.routes->push_back(live);
  CHECK(Run(node)->empty());
}

Route RemoteRoute(uint32_t metric) {
  Route route = BlockRoute(kAddress, "10.39.1.219");
  route.metric = metric;
  return route;
}

TEST_CASE("a workload that has moved to another node has a better route there") {
  Snapshot node = HealthyNode();
  RouteTo(node, kAddress).metric = 1024;
  node.routes->push_back(RemoteRoute(300));  // whatever the priorities are set to
  CHECK(Run(node)->empty());
}

TEST_CASE("a workload that is yet to come from another node is led there meanwhile") {
  Snapshot node = HealthyNode();
  RouteTo(node, kAddress) = RemoteRoute(512);
  node.neighbors->erase(node.neighbors->begin());
  CHECK(Run(node)->empty());
}

TEST_CASE("a route to another node cuts off a workload that lives here") {
  Snapshot node = HealthyNode();
  RouteTo(node, kAddress).metric = 1024;
  SECTION("a pod there was just made with its address") { node.routes->push_back(RemoteRoute(0)); }
  SECTION("no route leads here at all") {
    node.neighbors->front().state = NUD_STALE;
    RouteTo(node, kAddress) = RemoteRoute(512);
  }
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("routes of other tables and routes to more than one address are not a workload's") {
  Snapshot node = HealthyNode();
  Route in_other_table = WorkloadRoute(kAddress, 6);
  in_other_table.table = 100;
  node.routes->push_back(in_other_table);
  node.routes->push_back(WorkloadRoute("192.168.231.0/31", 6));
  CHECK(Run(node)->empty());
}

TEST_CASE("an address that two workloads claim is a duplicate, not a wrong route") {
  Snapshot node = NodeWithWrongRoute();
  node.endpoints->push_back(EndpointRow("default/pod-2", "calif0f0f0f0f0f", kAddress));
  CHECK(Run(node)->empty());
}

TEST_CASE("an address without any route is not led astray") {
  Snapshot node = HealthyNode();
  std::erase_if(*node.routes, [](const Route& route) { return route.link == 5; });
  CHECK(Run(node)->empty());
}

TEST_CASE("endpoints of other plugins' interfaces, of networks, and those just being written are not judged") {
  Snapshot node = NodeWithWrongRoute();
  SECTION("another plugin's") { node.endpoints->front().interface = "eth0"; }
  SECTION("a network") { node.endpoints->front().prefixes = {*Prefix::Parse("192.168.231.1/31")}; }
  SECTION("being written") {
    node.endpoints->front().interface.clear();
    node.endpoints->front().prefixes.clear();
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("IPv6 routes are judged likewise") {
  Snapshot node = HealthyNode();
  node.endpoints->front().prefixes.push_back(*Prefix::Parse("fd00::1/128"));
  CHECK(Run(node)->empty());
  node.routes->push_back(WorkloadRoute("fd00::1/128", 6));
  CHECK(Run(node)->front().subject == "fd00::1");
}

TEST_CASE("without endpoint-status, an address that answers at another interface than the route's is found") {
  Snapshot node = WithoutEndpoints(NodeWithWrongRoute());
  CHECK(*Run(node) ==
        std::vector<FindingText>{{kAddress,
                                  "the kernel sends it to calif0f0f0f0f0f, but cali12ab34cd56e answers to it "
                                  "(judged without Calico's endpoint-status)",
                                  "",
                                  {kAddress, "cali12ab34cd56e", "calif0f0f0f0f0f"}}});
}

TEST_CASE("without endpoint-status, an interface where nobody answers is wrong if another one does") {
  Snapshot node = WithoutEndpoints(NodeWithWrongRoute());
  NeighborOf(node, "192.168.231.2").state = NUD_FAILED;  // nobody lives at 6
  CHECK(Run(node)->empty());
  node.neighbors->push_back(NeighborEntry(kAddress, 6, NUD_FAILED));
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("without endpoint-status, nothing is found unless one other interface answers, and only one") {
  Snapshot node = WithoutEndpoints(NodeWithWrongRoute());
  SECTION("the routed one answers, too") { node.neighbors->push_back(NeighborEntry(kAddress, 6)); }
  SECTION("the other entry is permanent, which proves nothing") { NeighborOf(node, kAddress).state = NUD_PERMANENT; }
  SECTION("the other one failed") { NeighborOf(node, kAddress).state = NUD_FAILED; }
  SECTION("two others answer") {
    node.links->push_back(WorkloadLink(9, "cali00000000009"));
    node.neighbors->push_back(NeighborEntry(kAddress, 9));
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("where no interface is Calico's, something else connects the workloads, and this does not apply") {
  Snapshot node = NodeWithWrongRoute();
  node.links->resize(1);
  CHECK(absl::IsNotFound(Run(node).status()));
}

TEST_CASE("while a table is missing, where routes lead is unknown rather than right") {
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

TEST_CASE("the line that leads the address back has the metric of the route that is there") {
  Snapshot node = NodeWithWrongRoute();
  const std::vector<std::string> lines = LinesBy("workload_route_wrong_interface", node);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "ip route show 192.168.231.1");
  CHECK(lines[1] == "ip route replace 192.168.231.1 dev cali12ab34cd56e scope link # changes");
  CHECK(absl::StartsWith(lines[2], "kubectl logs -c calico-node "));
  RouteTo(node, kAddress).metric = 100;
  CHECK(LinesBy("workload_route_wrong_interface", node)[1] ==
        "ip route replace 192.168.231.1 dev cali12ab34cd56e scope link metric 100 # changes");
}

}  // namespace
}  // namespace caliwatch
