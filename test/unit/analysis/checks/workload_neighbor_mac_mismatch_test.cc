// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/healthy_node.h"
#include "test/support/judged.h"

namespace caliwatch {
namespace {

const char* const kAddress = "192.168.231.1";  // of pod 1, whose neighbor entry says 02:00:00:00:00:05
constexpr MacAddress kRight = {2, 0, 0, 0, 0, 5};
constexpr MacAddress kWrong = {2, 0, 0, 0, 0, 0x99};

JudgedTexts Run(const Snapshot& node) { return JudgeBy("workload_neighbor_mac_mismatch", node); }

Snapshot NodeWithMac(const MacAddress& mac) {
  Snapshot node = HealthyNode();
  node.endpoints->front().mac = mac;
  return node;
}

// Calico says nothing of MAC addresses; pod 1's own interface has `mac`.
Snapshot NodeWithPod(const MacAddress& mac) {
  Snapshot node = HealthyNode();
  Link eth0 = WorkloadLink(3, "eth0");
  eth0.mac = mac;
  Link tunnel = WorkloadLink(2, "tunl0");
  tunnel.kind = "ipip";
  PodNetwork pod;
  pod.netns_id = *node.links->at(1).peer_netns_id;
  pod.links = {tunnel, eth0};
  node.pods = std::vector<PodNetwork>{pod};
  return node;
}

TEST_CASE("a healthy node sends to the workloads' own MAC addresses") {
  CHECK(Run(NodeWithMac(kRight))->empty());
  CHECK(Run(NodeWithPod(kRight))->empty());
  Snapshot node = NodeWithPod(kRight);
  node.links->at(2).peer_netns_id.reset();  // both of its ends are here
  CHECK(Run(node)->empty());
}

TEST_CASE("an entry with another MAC address than Calico gave the workload is found") {
  CHECK(*Run(NodeWithMac(kWrong)) ==
        std::vector<FindingText>{
            {kAddress,
             "at cali12ab34cd56e the reachable neighbor entry says 02:00:00:00:00:05, but Calico has "
             "given it 02:00:00:00:00:99",
             "",
             {kAddress, "cali12ab34cd56e"}}});
}

TEST_CASE("an entry with another MAC address than the pod's own interface has is found") {
  Snapshot node = NodeWithPod(kWrong);
  node.neighbors->front().state = NUD_PERMANENT;
  CHECK(*Run(node) ==
        std::vector<FindingText>{{kAddress,
                                  "at cali12ab34cd56e the permanent neighbor entry says 02:00:00:00:00:05, "
                                  "but the interface inside the pod has 02:00:00:00:00:99",
                                  "",
                                  {kAddress, "cali12ab34cd56e"}}});
}

TEST_CASE("pods are compared without endpoint-status, too") {
  Snapshot node = NodeWithPod(kWrong);
  node.endpoints = absl::NotFoundError("there is no endpoint-status");
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("entries that the kernel would not send by, and entries elsewhere, do not count") {
  Snapshot node = NodeWithMac(kWrong);
  Neighbor& entry = node.neighbors->front();
  SECTION("failed") { entry.state = NUD_FAILED; }
  SECTION("proxy") { entry.flags = NTF_PROXY; }
  SECTION("without MAC address") { entry.mac.reset(); }
  SECTION("at another interface") { entry.link = 6; }
  SECTION("none") { node.neighbors->erase(node.neighbors->begin()); }
  CHECK(Run(node)->empty());
}

TEST_CASE("an endpoint just being written, and one of another plugin, are not compared") {
  Snapshot node = NodeWithMac(kWrong);
  node.endpoints->back().mac = MacAddress{2, 0, 0, 0, 0, 6};
  SECTION("being written") { node.endpoints->front().interface.clear(); }
  SECTION("another plugin's") { node.endpoints->front().interface = "eth0"; }
  CHECK(Run(node)->empty());
}

TEST_CASE("a pod where another than its interface answers, or with several, is not compared") {
  Snapshot node = NodeWithPod(kWrong);
  std::vector<Link>& links = node.pods->front().links;
  SECTION("a bridge's port") { links.back().master = 7; }
  SECTION("a second interface") { links.push_back(WorkloadLink(4, "net1")); }
  SECTION("no interface") { links.pop_back(); }
  SECTION("a link-local address") { node.neighbors->front().address = *IpAddress::Parse("fe80::1"); }
  SECTION("another pod's namespace") { node.pods->front().netns_id = 77; }
  SECTION("another plugin's container") { node.links->at(1).role = LinkRole::kHost; }
  CHECK(Run(node)->empty());
}

TEST_CASE("where Calico gives out no MAC addresses and nobody looks into pods, this does not apply") {
  Snapshot node = HealthyNode();
  SECTION("endpoints without MAC addresses") {}
  SECTION("no endpoint-status") { node.endpoints = absl::NotFoundError("there is no endpoint-status"); }
  CHECK(absl::IsNotFound(Run(node).status()));
}

TEST_CASE("while a table is missing, MAC addresses are unknown rather than right") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = NodeWithMac(kRight);
  SECTION("links") { node.links = gone; }
  SECTION("neighbors") { node.neighbors = gone; }
  SECTION("endpoints") { node.endpoints = gone; }
  SECTION("pods, where they should be looked into") { node.pods = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

TEST_CASE("what is wrong for sure is found though pods cannot be looked into") {
  Snapshot node = NodeWithMac(kWrong);
  node.pods = absl::PermissionDeniedError("no SYS_ADMIN");
  CHECK(Run(node)->size() == 1);
}

}  // namespace
}  // namespace caliwatch
