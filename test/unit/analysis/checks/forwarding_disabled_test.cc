// SPDX-License-Identifier: Apache-2.0
#include <linux/netconf.h>

#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("forwarding_disabled", node); }

void Switch(Snapshot& node, Family family, std::initializer_list<int> links, int value) {
  for (int link : links) NetConfOf(node, family, link).forwarding = value;
}

// What writing 0 to net.ipv4.ip_forward does.
void SwitchAllOff(Snapshot& node, Family family) {
  for (NetConf& row : *node.netconf)
    if (row.family == family) row.forwarding = 0;
}

// Without workloads and without routes to other nodes.
Snapshot Bystander() {
  Snapshot node = VxlanNode();
  std::erase_if(*node.routes, [](const Route& route) { return route.link != kVxlanEth0; });
  return node;
}

TEST_CASE("a healthy node forwards") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(VxlanNode())->empty());
}

TEST_CASE("forwarding that is off for all of IPv4 is one finding, with the interfaces it cuts off") {
  Snapshot node = VxlanNode();
  SwitchAllOff(node, Family::kIpv4);
  CHECK(*Run(node) ==
        std::vector<FindingText>{{"all IPv4",
                                  "net.ipv4.ip_forward is 0: what comes in by eth0, cali12ab34cd56e, calif0f0f0f0f0f, "
                                  "vxlan.calico is not passed on"}});
}

TEST_CASE("a node with many workloads names the first few") {
  Snapshot node = VxlanNode();
  const auto add = [&](int link) {
    node.links->push_back(WorkloadLink(link, "cali" + std::to_string(link)));
    AddRoute(node, WorkloadRoute("192.168.231." + std::to_string(link), link));
    node.netconf->push_back({Family::kIpv4, link, 0, 0, 0});
  };
  SwitchAllOff(node, Family::kIpv4);
  add(30);
  CHECK(Run(node)->front().detail.ends_with("vxlan.calico, cali30 is not passed on"));
  for (int link = 31; link < 40; ++link) add(link);
  CHECK(Run(node)->front().detail ==
        "net.ipv4.ip_forward is 0: what comes in by eth0, cali12ab34cd56e, calif0f0f0f0f0f, vxlan.calico, cali30, … is "
        "not passed on");
}

TEST_CASE("forwarding that is off for one workload's interface is found there") {
  Snapshot node = VxlanNode();
  Switch(node, Family::kIpv4, {kVxlanWorkload}, 0);
  CHECK(*Run(node) == std::vector<FindingText>{
                          {"cali12ab34cd56e",
                           "IPv4 forwarding is off for this interface alone: what comes in by it is not passed on",
                           "sysctl -w net/ipv4/conf/cali12ab34cd56e/forwarding=1, and find out who set it to 0.",
                           {"cali12ab34cd56e"}}});
}

TEST_CASE("the tunnel and the uplink have to forward, too") {
  Snapshot node = VxlanNode();
  Switch(node, Family::kIpv4, {kVxlanEth0, kVxlanDevice}, 0);
  const JudgedTexts judgement = Run(node);
  REQUIRE(judgement->size() == 2);
  CHECK(judgement->front().subject == "eth0");
  CHECK(judgement->back().subject == "vxlan.calico");
}

TEST_CASE("the switch for all does nothing by itself in IPv4: each interface has its own") {
  Snapshot node = VxlanNode();
  Switch(node, Family::kIpv4, {NETCONFA_IFINDEX_ALL, NETCONFA_IFINDEX_DEFAULT}, 0);
  CHECK(Run(node)->empty());
}

TEST_CASE("an interface that forwards nothing for Calico may have forwarding off") {
  Snapshot node = VxlanNode();
  node.links->push_back(WorkloadLink(3, "eth1"));
  node.links->push_back(WorkloadLink(7, "cali00000000007"));  // no route leads to it
  for (int link : {3, 7}) node.netconf->push_back({Family::kIpv4, link, 0, 0, 0});
  Route network = WorkloadRoute("10.40.0.0/16", 3);
  network.protocol = RTPROT_KERNEL;
  AddRoute(node, network);
  AddRoute(node, WorkloadRoute("fd10::231:7", 7));  // its pod has no IPv4
  CHECK(Run(node)->empty());
}

TEST_CASE("a node without workloads and routes to other nodes may have forwarding off") {
  Snapshot node = Bystander();
  SwitchAllOff(node, Family::kIpv4);
  SwitchAllOff(node, Family::kIpv6);
  CHECK(Run(node)->empty());
}

TEST_CASE("IPv6 forwarding counts where workloads have IPv6 addresses") {
  Snapshot node = VxlanNode();
  SwitchAllOff(node, Family::kIpv6);
  REQUIRE(Run(node)->empty());
  AddRoute(node, WorkloadRoute("fd10::231:1", kVxlanWorkload));
  CHECK(*Run(node) ==
        std::vector<FindingText>{{"all IPv6",
                                  "net.ipv6.conf.all.forwarding is 0: no IPv6 packet from or to a workload "
                                  "is passed on"}});
}

TEST_CASE("in IPv6 the switch for all alone decides") {
  Snapshot node = VxlanNode();
  AddRoute(node, WorkloadRoute("fd10::231:1", kVxlanWorkload));
  Switch(node, Family::kIpv6, {kVxlanWorkload, kVxlanEth0}, 0);
  CHECK(Run(node)->empty());
}

TEST_CASE("eBPF forwards by itself") {
  Snapshot node = VxlanNode();
  SwitchAllOff(node, Family::kIpv4);
  SwitchToEbpf(node);
  CHECK(Run(node)->empty());
}

TEST_CASE("forwarding that the kernel does not tell of is unknown, not off") {
  Snapshot node = VxlanNode();
  for (NetConf& row : *node.netconf) row.forwarding.reset();
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, forwarding is unknown rather than on") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = VxlanNode();
  SECTION("netconf") { node.netconf = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
