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

Snapshot NodeWithoutInterface() {
  Snapshot node = HealthyNode();
  node.links->erase(node.links->begin() + 1);
  for (Route& route : *node.routes)
    if (route.link == 6) route.metric = 1024;  // Calico 3.32 or later
  node.endpoints->front().prefixes.push_back(*Prefix::Parse("fd00::1/128"));
  return node;
}

Recollection GoneFor(absl::Duration age) {
  Recollection before;
  before.felix = {.answered = true, .doubts = {{"cali12ab34cd56e", {FileDoubt::kNoInterface, age, false}}}};
  return before;
}

JudgedTexts Run(const Snapshot& node, Recollection before) {
  return JudgeBy("workload_interface_down", node, std::move(before));
}

TEST_CASE("a workload's interface that is missing is found once, with all its addresses") {
  CHECK(*Run(NodeWithoutInterface(), GoneFor(absl::Seconds(25))) ==
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

TEST_CASE("the interface of a workload that has just ended, or that others than Felix may know of, is not missing") {
  const Snapshot node = NodeWithoutInterface();
  CHECK(Run(node, GoneFor(absl::Seconds(24)))->empty());
  Recollection before = GoneFor(absl::Seconds(60));
  SECTION("nobody has looked before") { before = {}; }
  SECTION("Felix is away") { before.felix.is_away = true; }
  SECTION("Felix is back") { before.felix.lasted = absl::Seconds(10); }
  SECTION("nobody has heard of Felix") { before.felix.answered = false; }
  SECTION("more files are in doubt") { before.felix.doubts["cali1"] = {FileDoubt::kNoFile, absl::Seconds(60), false}; }
  CHECK(Run(node, before)->empty());
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
