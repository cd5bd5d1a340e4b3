// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("tunnel_device_down", node); }

// Built from the documented layout of an IPIP device: not every kernel has one to record.
Snapshot NodeWithTunl0Down() {
  Snapshot node = HealthyNode();
  Link tunl0 = WorkloadLink(9, "tunl0");
  tunl0.kind = "ipip";
  tunl0.mac.reset();
  tunl0.up = tunl0.carrier = false;
  node.links->push_back(tunl0);
  return node;
}

TEST_CASE("a node without tunnels, and one whose tunnel is up, have none that is down") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(VxlanNode())->empty());
}

TEST_CASE("a VXLAN device that is switched off is found, though its routes went with it") {
  Snapshot node = VxlanNode();
  LinkNamed(node, "vxlan.calico").up = false;
  std::erase_if(*node.routes, [](const Route& route) { return route.link == kVxlanDevice; });
  CHECK(*Run(node) == std::vector<FindingText>{
                          {"vxlan.calico",
                           "is switched off; the kernel has dropped every route through it",
                           "ip link set vxlan.calico up, then restart calico-node on this node if routes through it "
                           "do not come back within 10 seconds.",
                           {"vxlan.calico"}}});
}

TEST_CASE("each of Calico's own devices is judged") {
  for (const char* name : {"vxlan-v6.calico", "wireguard.cali", "wg-v6.cali"}) {
    Snapshot node = HealthyNode();
    node.links->push_back(WorkloadLink(9, name));
    node.links->back().up = false;
    REQUIRE(Run(node)->size() == 1);
    CHECK(Run(node)->front().subject == name);
  }
}

TEST_CASE("tunl0 is there, and down, wherever the module is loaded") { CHECK(Run(NodeWithTunl0Down())->empty()); }

TEST_CASE("tunl0 is Calico's once it has an address") {
  Snapshot node = NodeWithTunl0Down();
  node.addresses->push_back({*IpAddress::Parse("192.168.231.0"), 32, RT_SCOPE_UNIVERSE, 0, 9});
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "tunl0");
}

TEST_CASE("a real node's tunl0 that is switched off is Calico's by its address") {
  Snapshot node = RealNode("ipip-healthy-n1");
  CHECK(Run(node)->empty());
  SwitchOff(node, "tunl0");
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail == "is switched off; the kernel has dropped every route through it");
}

TEST_CASE("without an address, pods that were made for it tell whose tunl0 is") {
  Snapshot node = RealNode("ipip-healthy-n1");
  SwitchOff(node, "tunl0");
  TakeAddress(node, "tunl0");
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail == "is switched off and has no address; the kernel refuses every route through it");
  CHECK(Run(node)->front().remedy.find("ip link set") == std::string::npos);
  node.calico_mtu = CalicoMtu{1500};
  CHECK(Run(node)->empty());
}

TEST_CASE("and so do routes of BIRD's that the kernel refuses and has nothing in the place of") {
  Snapshot node = RealNode("ipip-healthy-n1");
  SwitchOff(node, "tunl0");
  TakeAddress(node, "tunl0");
  node.calico_mtu = CalicoMtu{1500};
  BirdRoute refused;
  refused.destination = *Prefix::Parse("10.48.98.0/26");
  refused.protocol = "Mesh_10_9_0_13";
  refused.best = refused.kernel_refused = true;
  node.birds[Family::kIpv4].routes = std::vector<BirdRoute>{refused};
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().related == std::vector<std::string>{"tunl0", "10.48.98.0/26"});
}

TEST_CASE("while Felix' file cannot be read, it is unknown whose tunl0 is") {
  Snapshot node = RealNode("ipip-healthy-n1");
  SwitchOff(node, "tunl0");
  TakeAddress(node, "tunl0");
  node.calico_mtu = absl::UnavailableError("gone");
  CHECK(absl::IsUnavailable(Run(node).status()));
}

TEST_CASE("a tunnel without carrier is not switched off") {
  Snapshot node = VxlanNode();
  LinkNamed(node, "vxlan.calico").carrier = false;
  CHECK(Run(node)->empty());
}

TEST_CASE("other interfaces that are down are no tunnels") {
  Snapshot node = HealthyNode();
  for (Link& link : *node.links) link.up = false;
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, tunnels are unknown rather than up") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = VxlanNode();
  SECTION("links") { node.links = gone; }
  SECTION("addresses") { node.addresses = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
