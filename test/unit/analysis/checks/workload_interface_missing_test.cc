// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("workload_interface_missing", node); }

Snapshot NodeWithoutInterface() {
  Snapshot node = HealthyNode();
  node.links->erase(node.links->begin() + 1);
  return node;
}

TEST_CASE("a healthy node has the interfaces of all files") { CHECK(Run(HealthyNode())->empty()); }

TEST_CASE("an interface that a file names and the kernel lacks is found once, with all its addresses") {
  Snapshot node = NodeWithoutInterface();
  node.endpoints->front().prefixes.push_back(*Prefix::Parse("fd00::1/128"));
  CHECK(*Run(node) ==
        std::vector<FindingText>{{"cali12ab34cd56e",
                                  "does not exist, but the endpoint-status file of pod default/pod-1 says that it has "
                                  "192.168.231.1 and fd00::1 there",
                                  "",
                                  {"192.168.231.1", "fd00::1"}}});
}

TEST_CASE("while Felix is away its files are old, and tell nothing") {
  Snapshot node = NodeWithoutInterface();
  node.felix = FelixHealth{true, false, {}};
  CHECK(Run(node)->empty());
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
