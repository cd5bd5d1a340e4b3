// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/match.h>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

const char* const kAddress = "192.168.231.1";

JudgedTexts Run(const Snapshot& node) { return JudgeBy("duplicate_workload_ip", node); }

// Pods 1 and 2 both claim 192.168.231.1.
Snapshot NodeWithTwins() {
  Snapshot node = HealthyNode();
  node.endpoints->back().prefixes = {*Prefix::Parse(kAddress)};
  return node;
}

Snapshot NodeWithTunnelAt(absl::string_view address) {
  Snapshot node = HealthyNode();
  Link tunnel = WorkloadLink(3, "tunl0");
  tunnel.kind = "ipip";
  node.links->push_back(tunnel);
  node.addresses->push_back({*IpAddress::Parse(address), 32, RT_SCOPE_UNIVERSE, 0, 3});
  return node;
}

Snapshot WithoutEndpoints(Snapshot node) {
  node.endpoints = absl::NotFoundError("there is no endpoint-status");
  return node;
}

TEST_CASE("each workload of a healthy node has an address of its own, with endpoint-status and without") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(WithoutEndpoints(HealthyNode()))->empty());
}

TEST_CASE("one address of two workloads is found once, with both pods") {
  const std::vector<FindingText> found = *Run(NodeWithTwins());
  REQUIRE(found.size() == 1);
  CHECK(found[0].subject == kAddress);
  CHECK(found[0].detail ==
        "is the address of pod default/pod-1 at cali12ab34cd56e and of pod default/pod-2 at calif0f0f0f0f0f; the route "
        "leads to cali12ab34cd56e");
  CHECK(absl::StrContains(found[0].remedy,
                          "(kubectl delete pod -n default pod-1, or kubectl delete pod -n default pod-2)"));
  CHECK(found[0].related == std::vector<std::string>{kAddress, "cali12ab34cd56e", "calif0f0f0f0f0f"});
}

std::string HeadOf(const Snapshot& node) {
  for (const Verdict& verdict : ReportOf(node).verdicts)
    if (verdict.check->name == "duplicate_workload_ip" && !verdict.findings.empty())
      return verdict.findings.front().finding.who;
  return "";
}

TEST_CASE("who has lost the address is named: who has no route of two, and whoever shares it with the node") {
  CHECK(HeadOf(NodeWithTwins()) == "Pod default/pod-2 (192.168.231.1)");
  CHECK(HeadOf(NodeWithTunnelAt(kAddress)) == "Pod default/pod-1 (192.168.231.1)");
}

TEST_CASE("where that is not known, nobody is named") {
  Snapshot node = NodeWithTwins();
  SECTION("no route") {
    std::erase_if(*node.routes, [](const Route& route) { return route.link == 5; });
  }
  SECTION("a route to a third") {
    for (Route& route : *node.routes)
      if (route.link == 5) route.link = 2;
  }
  CHECK(HeadOf(node) == "One of the holders of 192.168.231.1");
}

TEST_CASE("of each pod there is a line that looks; which to delete, the remedy tells, with the line for each") {
  CHECK(LinesBy("duplicate_workload_ip", NodeWithTwins()) ==
        std::vector<std::string>{"calicoctl ipam show --ip=192.168.231.1", "kubectl get pod -o wide -n default pod-1",
                                 "kubectl get pod -o wide -n default pod-2", "ip route show 192.168.231.1",
                                 "calicoctl ipam check"});
}

TEST_CASE("who gets the traffic of two is told where a route leads to one of them") {
  Snapshot node = NodeWithTwins();
  SECTION("no route") {
    std::erase_if(*node.routes, [](const Route& route) { return route.link == 5; });
  }
  SECTION("a route to a third") {
    for (Route& route : *node.routes)
      if (route.link == 5) route.link = 2;
  }
  CHECK(Run(node)->front().detail ==
        "is the address of pod default/pod-1 at cali12ab34cd56e and of pod default/pod-2 at calif0f0f0f0f0f");
}

TEST_CASE("a workload's address that is the tunnel's, too, is found") {
  const std::vector<FindingText> found = *Run(NodeWithTunnelAt(kAddress));
  REQUIRE(found.size() == 1);
  CHECK(found[0].subject == kAddress);
  CHECK(found[0].detail ==
        "is the address of pod default/pod-1 at cali12ab34cd56e and of this node itself at tunl0; the route leads to "
        "cali12ab34cd56e");
  CHECK(found[0].related == std::vector<std::string>{kAddress, "cali12ab34cd56e", "tunl0"});
}

TEST_CASE("a tunnel's own address of this node's block is no duplicate") {
  CHECK(Run(NodeWithTunnelAt("192.168.231.0"))->empty());
}

TEST_CASE("IPv6 addresses are judged likewise") {
  Snapshot node = HealthyNode();
  for (Endpoint& endpoint : *node.endpoints) endpoint.prefixes.push_back(*Prefix::Parse("fd00::1/128"));
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "fd00::1");
}

TEST_CASE("two ends of a workload that is moved while it runs are left out") {
  Snapshot node = NodeWithTwins();
  for (Route& route : *node.routes)
    if (route.link == 5) route.metric = 1024;
  Route live = WorkloadRoute(kAddress, 6);
  live.metric = 512;
  node.routes->push_back(live);
  CHECK(Run(node)->empty());
}

TEST_CASE("two routes of other metrics are no sign of a move") {
  Snapshot node = NodeWithTwins();
  Route second = WorkloadRoute(kAddress, 6);
  second.metric = 1024;
  node.routes->push_back(second);
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("one interface that two endpoints name is one workload with two names") {
  Snapshot node = NodeWithTwins();
  node.endpoints->back().interface = "cali12ab34cd56e";
  CHECK(Run(node)->empty());
}

TEST_CASE("networks, other plugins' interfaces, and endpoints just being written do not count") {
  Snapshot node = NodeWithTwins();
  SECTION("a network") { node.endpoints->back().prefixes = {*Prefix::Parse("192.168.231.1/30")}; }
  SECTION("another plugin's") { node.endpoints->back().interface = "eth0"; }
  SECTION("being written") {
    node.endpoints->back().interface.clear();
    node.endpoints->back().prefixes.clear();
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("without endpoint-status, a workload's route stands for the workload") {
  CHECK(
      Run(WithoutEndpoints(NodeWithTunnelAt(kAddress)))->front().detail ==
      "is the address of cali12ab34cd56e and of this node itself at tunl0; the route leads to cali12ab34cd56e (judged "
      "without Calico's endpoint-status)");
}

TEST_CASE("where no interface is Calico's, duplicates of workloads do not apply") {
  Snapshot node = NodeWithTwins();
  node.links->resize(1);
  CHECK(absl::IsNotFound(Run(node).status()));
}

TEST_CASE("while a table is missing, duplicates among workloads are unknown rather than none") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = HealthyNode();
  SECTION("endpoints") { node.endpoints = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("addresses") { node.addresses = gone; }
  SECTION("routes") { node.routes = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
