// SPDX-License-Identifier: Apache-2.0
#include <linux/netconf.h>

#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("proxy_arp_disabled", node); }

Snapshot NodeWithProxyArpOff() {
  Snapshot node = VxlanNode();
  NetConfOf(node, Family::kIpv4, kVxlanWorkload).proxy_neigh = 0;
  return node;
}

TEST_CASE("a healthy node answers its workloads' ARP") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(VxlanNode())->empty());
}

TEST_CASE("a workload's interface without proxy ARP is found") {
  CHECK(*Run(NodeWithProxyArpOff()) ==
        std::vector<FindingText>{{"cali12ab34cd56e",
                                  "proxy ARP is off: the workload 192.168.231.1 gets no answer when it asks for its "
                                  "gateway, 169.254.1.1",
                                  "sysctl -w net/ipv4/conf/cali12ab34cd56e/proxy_arp=1",
                                  {"cali12ab34cd56e", "192.168.231.1"}}});
}

TEST_CASE("an interface with several addresses is one finding") {
  Snapshot node = NodeWithProxyArpOff();
  AddRoute(node, WorkloadRoute("192.168.231.9", kVxlanWorkload));
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("proxy ARP that is on for all interfaces is on") {
  Snapshot node = NodeWithProxyArpOff();
  NetConfOf(node, Family::kIpv4, NETCONFA_IFINDEX_ALL).proxy_neigh = 1;
  CHECK(Run(node)->empty());
}

TEST_CASE("IPv6 needs no proxy: its gateway is the node's own address") {
  Snapshot node = VxlanNode();
  AddRoute(node, WorkloadRoute("fd10::231:1", kVxlanWorkload));
  NetConfOf(node, Family::kIpv6, kVxlanWorkload).proxy_neigh = 0;
  CHECK(Run(node)->empty());
}

TEST_CASE("an interface whose workload asks for no gateway by ARP is left alone") {
  Snapshot node = NodeWithProxyArpOff();
  SECTION("netkit") { LinkNamed(node, "cali12ab34cd56e").kind = "netkit"; }
  SECTION("no address is routed to it") {
    std::erase_if(*node.routes, [](const Route& route) { return route.link == kVxlanWorkload; });
  }
  SECTION("IPv6 only") {
    for (Route& route : *node.routes)
      if (route.link == kVxlanWorkload) route.destination = *Prefix::Parse("fd10::231:1");
  }
  SECTION("eBPF") { SwitchToEbpf(node); }
  CHECK(Run(node)->empty());
}

TEST_CASE("host interfaces do no proxy ARP") {
  const Snapshot node = VxlanNode();
  REQUIRE(node.netconf->size() == 12);
  CHECK(Run(node)->empty());  // eth0 and vxlan.calico have it off
}

TEST_CASE("proxy ARP that the kernel does not tell of is unknown, not off") {
  Snapshot node = NodeWithProxyArpOff();
  NetConfOf(node, Family::kIpv4, kVxlanWorkload).proxy_neigh.reset();
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, proxy ARP is unknown rather than on") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = VxlanNode();
  SECTION("netconf") { node.netconf = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
