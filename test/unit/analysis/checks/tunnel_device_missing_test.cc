// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("tunnel_device_missing", node); }

// As where BIRD finds no tunl0.
void LeadPast(Snapshot& node, absl::string_view device) {
  const int tunnel = LinkNamed(node, device).index, eth0 = LinkNamed(node, "eth0").index;
  for (Route& route : *node.routes)
    if (route.link == tunnel) route.link = eth0;
  Remove(node, device);
}

TEST_CASE("real nodes have the tunnels that their pods were made for") {
  for (const char* name : {"vxlan-healthy", "ipip-healthy-n1", "ipip333-healthy-n1", "bgp-healthy"}) {
    INFO(name);
    CHECK(Run(RealNode(name))->empty());
  }
}

TEST_CASE("a real node whose vxlan.calico was deleted shows it by its pods' MTU") {
  CHECK(*Run(RealNode("vxlan-device-missing")) ==
        std::vector<FindingText>{{"vxlan.calico",
                                  "is missing, though pods get an MTU of 1450, which leaves room for its headers on "
                                  "eth0 (1500); no route leads to another node's pods",
                                  "",
                                  {"vxlan.calico"}}});
}

TEST_CASE("without Felix' file, the interfaces of pods tell, unless another program has an overlay") {
  Snapshot node = RealNode("vxlan-device-missing");
  node.calico_mtu = absl::NotFoundError("/var/lib/calico/mtu does not exist");
  CHECK(Run(node)->size() == 1);
  SECTION("pods of several sizes") { LinkNamed(node, "calica87c8a6361").mtu = 1500; }
  SECTION("flannel's") {
    Link flannel = LinkNamed(node, "eth0");
    flannel.index = 40;
    flannel.name = "flannel.1";
    flannel.kind = "vxlan";
    node.links->push_back(flannel);
  }
  SECTION("pods as large as the network") {
    for (Link& link : *node.links) link.mtu = 1500;
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("tunl0 is missed where IPIP's headers have their room, and BIRD leads its routes past it") {
  Snapshot node = RealNode("ipip-healthy-n1");
  LeadPast(node, "tunl0");
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "tunl0");
  CHECK(Run(node)->front().detail ==
        "is missing, though pods get an MTU of 1480, which leaves room for its headers on eth0 (1500); what leads to "
        "other nodes' pods (2 routes) leads past it, without encapsulation");
  CHECK(Run(node)->front().remedy.find("modprobe ipip") == 0);
}

TEST_CASE("where Felix leads routes by tunl0, they are gone with it") {
  Snapshot node = RealNode("ipip333-healthy-n1");
  Remove(node, "tunl0");
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail.find("no route leads to another node's pods") != std::string::npos);
}

TEST_CASE("pods as large as the network were made for no tunnel") {
  Snapshot node = RealNode("vxlan-device-missing");
  node.calico_mtu = CalicoMtu{1500};
  SECTION("of Felix' kind") {}
  SECTION("of another name, by the default route") { LinkNamed(node, "eth0").name = "bond0"; }
  CHECK(Run(node)->empty());
}

TEST_CASE("the network may have another name or size") {
  Snapshot node = RealNode("vxlan-device-missing");
  Link& network = LinkNamed(node, "eth0");
  SECTION("a bond") { network.name = "bond0"; }
  SECTION("by PCI") { network.name = "enp0s31f6"; }
  SECTION("jumbo frames") {
    network.mtu = 9001;
    node.calico_mtu = CalicoMtu{8951};
  }
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("two networks of which each tells something else tell nothing") {
  Snapshot node = RealNode("vxlan-device-missing");
  Link storage = LinkNamed(node, "eth0");
  storage.index = 40;
  storage.name = "eth1";
  storage.mtu = 1470;  // 1450 is this less IPIP's headers, or eth0's less VXLAN's
  node.links->push_back(storage);
  CHECK(Run(node)->empty());
}

TEST_CASE("IPv6 tells of its tunnel, and IPv4 then by its own block that leads nowhere") {
  Snapshot node = RealNode("vxlan-device-missing");
  node.calico_mtu = CalicoMtu{1430};
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == "vxlan.calico");
  Route block = BlockRoute("fd10::40:0/122", "fd10::1");
  block.gateway.reset();
  block.type = RTN_BLACKHOLE;
  block.protocol = 80;
  block.link = 0;
  AddRoute(node, block);
  REQUIRE(Run(node)->size() == 2);
  CHECK(Run(node)->front().subject == "vxlan-v6.calico");
  CHECK(Run(node)->back().subject == "vxlan.calico");
  AddRoute(node, BlockRoute("10.48.98.0/26", "10.9.0.13"));
  CHECK(Run(node)->size() == 1);
}

TEST_CASE(
    "routes of Felix' that lead past vxlan.calico miss it, unless another tunnel may be meant; no way at all does") {
  Snapshot node = RealNode("vxlan-device-missing");
  Link other = LinkNamed(node, "eth0");
  other.index = 40;
  other.name = "wireguard.cali";
  other.role = LinkRole::kTunnel;
  SECTION("no way") { node.links->push_back(other); }
  SECTION("past it") {
    Route past = BlockRoute("10.48.98.0/26", "10.9.0.13");
    past.protocol = 80;
    AddRoute(node, past);
    CHECK(Run(node)->front().detail.ends_with("(1 route) leads past it, without encapsulation"));
    node.links->push_back(other);
    CHECK(Run(node)->empty());
    node.links->pop_back();
  }
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("an MTU that was set by hand does not name the tunnel") {
  const auto [name, bytes] = GENERATE(table<const char*, uint32_t>({{"vxlan-healthy", 1480},
                                                                    {"vxlan-healthy", 1430},
                                                                    {"ipip-healthy-n1", 1450},
                                                                    {"ipip-healthy-n1", 1430},
                                                                    {"ipip333-healthy-n1", 1450},
                                                                    {"ipip333-healthy-n1", 1430}}));
  INFO(name << " " << bytes);
  Snapshot node = RealNode(name);
  node.calico_mtu = CalicoMtu{bytes};
  CHECK(Run(node)->empty());
}

TEST_CASE("what Calico does not lead through such a device needs none") {
  Snapshot node = RealNode("vxlan-device-missing");
  SECTION("eBPF") { SwitchToEbpf(node); }
  SECTION("BIRD keeps the node's block") {
    for (Route& route : *node.routes)
      if (route.type == RTN_BLACKHOLE) route.protocol = RTPROT_BIRD;
  }
  SECTION("BIRD leads") { AddRoute(node, BlockRoute("10.48.98.0/26", "10.9.0.13")); }
  SECTION("no block is the node's, as with another plugin's addresses, or before the first pod") {
    std::erase_if(*node.routes, [](const Route& route) { return route.type == RTN_BLACKHOLE; });
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("tunl0 is not missed before the node has a block, nor beside another tunnel") {
  Snapshot node = RealNode("ipip-healthy-n1");
  LeadPast(node, "tunl0");
  REQUIRE(Run(node)->size() == 1);
  SECTION("no block") {
    std::erase_if(*node.routes, [](const Route& route) { return route.type == RTN_BLACKHOLE; });
  }
  SECTION("another tunnel") {
    node.links->push_back(LinkNamed(node, "eth0"));
    node.links->back().name = "vxlan.calico";
    node.links->back().index = 40;
    node.links->back().role = LinkRole::kTunnel;
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table or the file cannot be read, a missing tunnel is unknown") {
  const absl::Status gone = absl::UnavailableError("gone");
  Snapshot node = RealNode("vxlan-device-missing");
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  SECTION("file") { node.calico_mtu = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
