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
  const JudgedTexts judgement = Run(NodeWithInterfaceDown());
  REQUIRE(judgement->size() == 1);
  CHECK(judgement->front().subject == "cali12ab34cd56e");
  CHECK(judgement->front().detail == "is administratively down, but pod default/pod-1 has 192.168.231.1 at it");
  CHECK(judgement->front().remedy.starts_with("ip link set cali12ab34cd56e up: "));
  CHECK(judgement->front().related == std::vector<std::string>{"192.168.231.1"});
}

TEST_CASE("a workload whose file tells no address is told by its name") {
  Snapshot node = NodeWithInterfaceDown();
  node.endpoints->front().prefixes.clear();
  CHECK(Run(node)->front().detail == "is administratively down, but pod default/pod-1 has its end at it");
}

// Felix keeps files of interfaces that run, and of no others.
Snapshot NodeWithoutFile() {
  Snapshot node = NodeWithInterfaceDown();
  node.endpoints->erase(node.endpoints->begin());
  return node;
}

TEST_CASE("one whose file Felix has removed is found, by the namespace that its other end is in") {
  Snapshot node = NodeWithoutFile();
  SECTION("a veth") {}
  SECTION("a netkit device") { node.links->at(1).kind = "netkit"; }
  SECTION("the first namespace that the kernel numbers") { node.links->at(1).peer_netns_id = 0; }
  SECTION("a Felix that writes no files") { node.endpoints = absl::NotFoundError("there is no endpoint-status"); }
  REQUIRE(Run(node)->size() == 1);
  CHECK(
      Run(node)->front().detail ==
      "is administratively down, and its other end is in the network namespace of a workload: Felix has no file of an "
      "interface that does not run");
}

TEST_CASE("whose it was is known to who saw the file") {
  const JudgedTexts judgement = JudgeBy("workload_interface_down", NodeWithoutFile(),
                                        {.former_owners = {{"cali12ab34cd56e", "pod default/pod-1"}}});
  CHECK(judgement->front().detail ==
        "is administratively down: it is that of pod default/pod-1, whose endpoint-status file Felix has removed "
        "therefore");
}

TEST_CASE("an interface without carrier is cut off as well, and to be mended at its other end") {
  Snapshot node = HealthyNode();
  node.links->at(1).carrier = false;
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail ==
        "has no carrier, as its other end, in the workload, is down, but pod default/pod-1 has 192.168.231.1 at it");
  CHECK(Run(node)->front().remedy.find("nsenter") != std::string::npos);
}

TEST_CASE("an interface that no workload can have is not a workload's") {
  Snapshot node = NodeWithoutFile();
  SECTION("both of its ends are the node's") { node.links->at(1).peer_netns_id.reset(); }
  SECTION("the namespace of its other end is ending") { node.links->at(1).peer_netns_id = -1; }
  SECTION("a tap, which has no other end") { node.links->at(1).kind = "tun"; }
  SECTION("another plugin's") {
    node.links->at(1).name = "veth0";
    node.links->at(1).role = LinkRole::kHost;
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("an interface that is gone is another check's") {
  Snapshot node = HealthyNode();
  node.links->erase(node.links->begin() + 1);
  CHECK(Run(node)->empty());
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
