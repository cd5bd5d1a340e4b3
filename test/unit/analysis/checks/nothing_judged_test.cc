// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

constexpr char kCheck[] = "nothing_judged";

// One that Calico works on, without pods of its own.
Snapshot WithoutPods() {
  Snapshot node = HealthyNode();
  node.links->resize(1);
  node.endpoints->clear();
  std::erase_if(*node.routes, [](const Route& route) { return route.protocol == RTPROT_BOOT; });
  return node;
}

Snapshot WithoutCalico() {
  Snapshot node = WithoutPods();
  const absl::Status none = absl::NotFoundError("no such file");
  node.node_name = none;
  node.calico_mtu = none;
  node.endpoints = none;
  node.felix = none;
  for (Bird& bird : node.birds) bird = {none, none, none};
  return node;
}

Link Container(int index, std::string name) {
  Link link = WorkloadLink(index, std::move(name));
  link.role = LinkRole::kHost;
  return link;
}

TEST_CASE("a node with pods is judged, and one that has none yet is healthy") {
  CHECK(JudgeBy(kCheck, HealthyNode())->empty());
  CHECK(JudgeBy(kCheck, WithoutPods())->empty());
}

TEST_CASE("a machine without Calico is said to be one") {
  CHECK(
      *JudgeBy(kCheck, WithoutCalico()) ==
      std::vector<FindingText>{{"this node",
                                "nothing of Calico is here: neither its files nor BIRD, Felix or an interface of a pod",
                                "",
                                {"Calico's folders"}}});
}

TEST_CASE("one trace of Calico shows that it is here") {
  Snapshot node = WithoutCalico();
  Recollection before;
  SECTION("the node's name") { node.node_name = "node-231"; }
  SECTION("the MTU") { node.calico_mtu = CalicoMtu{1440}; }
  SECTION("endpoint-status") { node.endpoints = std::vector<Endpoint>{}; }
  SECTION("Felix") { before.felix.answered = true; }
  SECTION("BIRD") { node.birds[Family::kIpv4].status = absl::UnavailableError("refused"); }
  SECTION("BIRD for IPv6") { node.birds[Family::kIpv6].status = absl::UnavailableError("refused"); }
  CHECK(JudgeBy(kCheck, node, before)->empty());
}

TEST_CASE("pods at interfaces that nothing tells to be Calico's are not judged") {
  Snapshot node = WithoutPods();
  node.endpoints = absl::NotFoundError("no folder");
  node.links->push_back(Container(9, "nali12ab34cd56e"));
  CHECK(JudgeBy(kCheck, node)->empty());
  node.routes->push_back(WorkloadRoute("10.39.1.77", 2));  // a machine beside this one
  CHECK(JudgeBy(kCheck, node)->empty());
  node.routes->push_back(WorkloadRoute("192.168.231.9", 9));
  CHECK(JudgeBy(kCheck, node)->front().detail.starts_with("no pod is judged: 1 interface leads to containers"));
  node.links->back().peer_netns_id.reset();  // both of its ends are here
  CHECK(JudgeBy(kCheck, node)->empty());
  node.links->push_back(Container(10, "nalif0f0f0f0f0f"));
  node.links->back().kind = "netkit";
  node.routes->push_back(WorkloadRoute("192.168.231.10", 10));
  CHECK(JudgeBy(kCheck, node)->front().detail.starts_with("no pod is judged: 1 interface leads to containers"));
}

TEST_CASE("where files name interfaces that the kernel never has, pods are not judged") {
  Snapshot node = WithoutPods();
  node.endpoints = HealthyNode().endpoints;
  CHECK(JudgeBy(kCheck, node)->front().detail.starts_with("no pod is judged: endpoint-status names 2 interfaces, "));
  node.endpoints->pop_back();
  CHECK(JudgeBy(kCheck, node)->empty());
}

TEST_CASE("what could not be read leaves it unknown whether nothing is judged") {
  Snapshot node = WithoutPods();
  node.routes = absl::UnavailableError("netlink is gone");
  CHECK(absl::IsUnavailable(JudgeBy(kCheck, node).status()));
  node = WithoutPods();
  node.links = absl::UnavailableError("netlink is gone");
  CHECK(absl::IsUnavailable(JudgeBy(kCheck, node).status()));
  node = WithoutPods();
  node.endpoints = absl::UnavailableError("permission denied");
  CHECK(absl::IsUnavailable(JudgeBy(kCheck, node).status()));
}

}  // namespace
}  // namespace caliwatch
