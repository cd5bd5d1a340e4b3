// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("workload_interface_down", node); }

Snapshot NodeWithInterfaceDown() {
  Snapshot node = HealthyNode();
  node.links->at(1).up = node.links->at(1).carrier = false;
  return node;
}

TEST_CASE("a healthy node's workload interfaces are up") { CHECK(Run(HealthyNode())->empty()); }

TEST_CASE("a workload's interface that is switched off is found, with the pod") {
  CHECK(*Run(NodeWithInterfaceDown()) ==
        std::vector<FindingText>{{"cali12ab34cd56e",
                                  "is administratively down, but pod default/pod-1 has 192.168.231.1 at it",
                                  "",
                                  {"192.168.231.1"}}});
}

TEST_CASE("a workload's interface that is missing is found once, with all its addresses") {
  Snapshot node = HealthyNode();
  node.links->erase(node.links->begin() + 1);
  node.endpoints->front().prefixes.push_back(*Prefix::Parse("fd00::1/128"));
  CHECK(*Run(node) ==
        std::vector<FindingText>{{"cali12ab34cd56e",
                                  "does not exist, but pod default/pod-1 has 192.168.231.1 and fd00::1 at it",
                                  "",
                                  {"192.168.231.1", "fd00::1"}}});
}

TEST_CASE("an interface without carrier is up, and another check's") {
  Snapshot node = HealthyNode();
  node.links->at(1).carrier = false;
  CHECK(Run(node)->empty());
}

TEST_CASE("an interface that is down and belongs to no workload is not a workload's") {
  Snapshot node = NodeWithInterfaceDown();
  node.endpoints->erase(node.endpoints->begin());
  CHECK(Run(node)->empty());
}

TEST_CASE("interfaces of other plugins, and of endpoints just being written, are not judged") {
  Snapshot node = NodeWithInterfaceDown();
  SECTION("another plugin's") { node.endpoints->front().interface = "eth0"; }
  SECTION("being written") {
    node.endpoints->front().interface.clear();
    node.endpoints->front().prefixes.clear();
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("without endpoint-status, and where something else connects the workloads, this does not apply") {
  Snapshot node = NodeWithInterfaceDown();
  SECTION("no endpoint-status") { node.endpoints = absl::NotFoundError("there is no endpoint-status"); }
  SECTION("no interface is Calico's") { node.links->resize(1); }
  CHECK(absl::IsNotFound(Run(node).status()));
}

TEST_CASE("while a table is missing, interfaces are unknown rather than up") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = HealthyNode();
  SECTION("endpoints") { node.endpoints = gone; }
  SECTION("links") { node.links = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
