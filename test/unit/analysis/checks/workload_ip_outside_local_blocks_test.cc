// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("workload_ip_outside_local_blocks", node); }

Route OwnBlock(absl::string_view block, uint8_t protocol = RTPROT_BIRD) {
  Route route;
  route.destination = *Prefix::Parse(block);
  route.type = RTN_BLACKHOLE;
  route.protocol = protocol;
  return route;
}

// Pod 3's address is of another node's block.
Snapshot NodeWithBorrowedIp() {
  Snapshot node = HealthyNode();
  node.links->push_back(WorkloadLink(7, "cali00000000007"));
  node.routes->push_back(WorkloadRoute("192.168.36.7", 7));
  node.endpoints->push_back(EndpointRow("default/pod-3", "cali00000000007", "192.168.36.7"));
  return node;
}

Snapshot WithoutEndpoints(Snapshot node) {
  node.endpoints = absl::NotFoundError("there is no endpoint-status");
  return node;
}

TEST_CASE("the workloads of a healthy node are in its blocks, with endpoint-status and without") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(WithoutEndpoints(HealthyNode()))->empty());
}

TEST_CASE("an address of another node's block is found, with the pod and this node's blocks") {
  CHECK(*Run(NodeWithBorrowedIp()) ==
        std::vector<FindingText>{{"192.168.36.7",
                                  "the address of pod default/pod-3 at cali00000000007 is in no block of this node "
                                  "(192.168.231.0/26)",
                                  "",
                                  {"cali00000000007"}}});
}

TEST_CASE("one address of two workloads is found once") {
  Snapshot node = NodeWithBorrowedIp();
  node.endpoints->front().prefixes = node.endpoints->back().prefixes;
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("without endpoint-status, routes to workloads are judged") {
  CHECK(Run(WithoutEndpoints(NodeWithBorrowedIp()))->front().detail ==
        "the address of cali00000000007 is in no block of this node (192.168.231.0/26) (judged without Calico's "
        "endpoint-status)");
}

TEST_CASE("a node may have several blocks, by BIRD and by Felix; of many, the first five are named") {
  Snapshot node = NodeWithBorrowedIp();
  for (int block = 1; block <= 4; ++block)
    node.routes->push_back(OwnBlock("10.9." + std::to_string(block) + ".0/26", /*Felix*/ 80));
  CHECK(Run(node)->front().detail.find("10.9.3.0/26, 10.9.4.0/26)") != std::string::npos);
  for (int block = 5; block <= 6; ++block)
    node.routes->push_back(OwnBlock("10.9." + std::to_string(block) + ".0/26", /*Felix*/ 80));
  CHECK(Run(node)->front().detail.find("(192.168.231.0/26, 10.9.1.0/26, 10.9.2.0/26, 10.9.3.0/26, 10.9.4.0/26, …)") !=
        std::string::npos);
  node.routes->push_back(OwnBlock("192.168.36.0/28", /*Felix*/ 80));
  CHECK(Run(node)->empty());
}

TEST_CASE("a blackhole of somebody else, or of another table, is no block") {
  Snapshot node = NodeWithBorrowedIp();
  node.routes->push_back(OwnBlock("192.168.36.0/26", RTPROT_STATIC));
  node.routes->push_back(OwnBlock("192.168.36.0/26"));
  node.routes->back().table = 100;
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("a family without blocks is not judged beside one that has some") {
  Snapshot node = HealthyNode();
  node.endpoints->front().prefixes.push_back(*Prefix::Parse("fd00::1/128"));
  CHECK(Run(node)->empty());
  node.routes->push_back(OwnBlock("fd00:1::/122"));
  CHECK(Run(node)->front().subject == "fd00::1");
}

TEST_CASE("a node without any block has other address management, and this does not apply") {
  Snapshot node = NodeWithBorrowedIp();
  std::erase_if(*node.routes, [](const Route& route) { return route.type == RTN_BLACKHOLE; });
  CHECK(absl::IsNotFound(Run(node).status()));
}

TEST_CASE("while a table is missing, blocks are unknown") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = HealthyNode();
  SECTION("endpoints") { node.endpoints = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  SECTION("links, without endpoint-status") { (node = WithoutEndpoints(node)).links = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
