// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("foreign_pod_in_block", node); }

// Another plugin's container at veth1234, with an address of this node's block.
Snapshot NodeWithForeignPod() {
  Snapshot node = HealthyNode();
  node.links->push_back(WorkloadLink(9, "veth1234"));
  node.routes->push_back(WorkloadRoute("192.168.231.40", 9));
  return node;
}

TEST_CASE("on a healthy node all of the blocks' addresses are Calico's") { CHECK(Run(HealthyNode())->empty()); }

TEST_CASE("another plugin's container with an address of this node's block is found") {
  CHECK(
      *Run(NodeWithForeignPod()) ==
      std::vector<FindingText>{{"192.168.231.40",
                                "is in a block of this node, but belongs to a container at veth1234, which is none of "
                                "Calico's interfaces",
                                "",
                                {"veth1234"}}});
}

TEST_CASE("what is no foreign container's address in a block of this node is not found") {
  Snapshot node = NodeWithForeignPod();
  Route& route = node.routes->back();
  SECTION("of no block") { route.destination = *Prefix::Parse("172.17.0.2/32"); }
  SECTION("by a gateway") { route.gateway = *IpAddress::Parse("10.39.1.1"); }
  SECTION("another table") { route.table = 100; }
  SECTION("the kernel's own") { route.protocol = RTPROT_KERNEL; }
  SECTION("a network card") { node.links->back().kind = ""; }
  SECTION("Calico's, by its name") { node.links->back() = WorkloadLink(9, "cali00000000009"); }
  SECTION("nothing tells whose any interface is") {
    node.endpoints = absl::NotFoundError("there is no endpoint-status");
    for (Link& link : *node.links) link.role = LinkRole::kHost;
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("a node without blocks has none to judge by, and unread tables leave it open") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = NodeWithForeignPod();
  Snapshot without = node;
  std::erase_if(*without.routes, [](const Route& route) { return route.type == RTN_BLACKHOLE; });
  CHECK(absl::IsNotFound(Run(without).status()));
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  SECTION("endpoints") { node.endpoints = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
