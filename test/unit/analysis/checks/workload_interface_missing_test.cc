// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

Recollection GoneFor(absl::Duration age) {
  Recollection before;
  before.felix = {.answered = true, .doubts = {{"cali12ab34cd56e", {FileDoubt::kNoInterface, age, false}}}};
  return before;
}

JudgedTexts Run(const Snapshot& node, Recollection before = GoneFor(absl::Seconds(25))) {
  return JudgeBy("workload_interface_missing", node, std::move(before));
}

Snapshot NodeWithoutInterface() {
  Snapshot node = HealthyNode();
  node.links->erase(node.links->begin() + 1);
  for (Route& route : *node.routes)
    if (route.link == 6) route.metric = 1024;  // Calico 3.32 or later
  node.endpoints->front().prefixes.push_back(*Prefix::Parse("fd00::1/128"));
  return node;
}

TEST_CASE("a healthy node has the interfaces of all files") { CHECK(Run(HealthyNode(), {})->empty()); }

TEST_CASE("an interface that a file names and the kernel lacks is found once, with all its addresses") {
  CHECK(*Run(NodeWithoutInterface()) ==
        std::vector<FindingText>{{"cali12ab34cd56e",
                                  "does not exist, but the endpoint-status file of pod default/pod-1 says that it has "
                                  "192.168.231.1 and fd00::1 there",
                                  "",
                                  {"192.168.231.1", "fd00::1"}}});
}

TEST_CASE("the interface of a workload that has just ended, or that others than Felix may know of, is not missing") {
  const Snapshot node = NodeWithoutInterface();
  CHECK(Run(node, GoneFor(absl::Seconds(24)))->empty());
  Recollection before = GoneFor(absl::Seconds(60));
  REQUIRE(Run(node, before)->size() == 1);
  SECTION("nobody has looked before") { before = {}; }
  SECTION("Felix is away") { before.felix.is_away = true; }
  SECTION("Felix is back") { before.felix.lasted = absl::Seconds(10); }
  SECTION("nobody has heard of Felix") { before.felix.answered = false; }
  SECTION("more files are in doubt") { before.felix.doubts["cali1"] = {FileDoubt::kNoFile, absl::Seconds(60), false}; }
  CHECK(Run(node, before)->empty());
}

TEST_CASE("without endpoint-status, and where something else connects the workloads, this does not apply") {
  Snapshot node = NodeWithoutInterface();
  SECTION("no endpoint-status") { node.endpoints = absl::NotFoundError("there is no endpoint-status"); }
  SECTION("no interface is Calico's") { node.links->resize(1); }
  CHECK(absl::IsNotFound(Run(node).status()));
}

TEST_CASE("while a table is missing, interfaces are unknown rather than there") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = HealthyNode();
  SECTION("endpoints") { node.endpoints = gone; }
  SECTION("links") { node.links = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
