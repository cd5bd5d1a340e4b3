// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("mtu_mismatch", node); }

TEST_CASE("a healthy node's MTUs fit") {
  CHECK(Run(HealthyNode())->empty());
  CHECK(Run(VxlanNode())->empty());
}

TEST_CASE("a workload's interface with an MTU above Calico's is found") {
  Snapshot node = VxlanNode();
  LinkNamed(node, "cali12ab34cd56e").mtu = 1500;
  CHECK(*Run(node) ==
        std::vector<FindingText>{
            {"cali12ab34cd56e", "has an MTU of 1500, but Calico's for workloads is 1450", "", {"cali12ab34cd56e"}}});
}

TEST_CASE("a file that shrank is no fault of workloads whose way to the others carries what they send") {
  Snapshot node = VxlanNode();
  node.calico_mtu->bytes = 1230;  // a smaller network card came
  CHECK(Run(node)->empty());
}

TEST_CASE("without other nodes the default route is the way out; without any, the file alone is compared with") {
  Snapshot node = HealthyNode();
  node.calico_mtu = CalicoMtu{1300};
  std::erase_if(*node.routes, [](const Route& route) { return route.gateway.has_value(); });
  CHECK(Run(node)->size() == 2);
  node.routes->push_back(BlockRoute("0.0.0.0/0", "10.39.1.1"));
  CHECK(Run(node)->empty());
  LinkNamed(node, "eth0").mtu = 1400;
  CHECK(Run(node)->size() == 2);
}

TEST_CASE("WireGuard's routes are in a table of their own, and its device is a way to the others, too") {
  Snapshot node = HealthyNode();
  Link tunnel = WorkloadLink(11, "wireguard.cali");
  tunnel.kind = "wireguard";
  tunnel.mtu = 1420;
  node.links->push_back(tunnel);
  node.calico_mtu = CalicoMtu{1440};
  REQUIRE(Run(node)->empty());
  Route route = WorkloadRoute("192.168.36.0/26", 11);
  route.table = 1;
  node.routes->push_back(route);
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail ==
        "carries packets of no more than 1420 bytes, less than the 1440 that Calico gives workloads");
  SECTION("in table main") { node.routes->back().table = RT_TABLE_MAIN; }
  SECTION("in table local") { node.routes->back().table = RT_TABLE_LOCAL; }
  SECTION("one that drops") { node.routes->back().type = RTN_THROW; }
  CHECK(Run(node)->empty());
}

TEST_CASE("a narrow network that leads to no other node is no way to the others") {
  Snapshot node = HealthyNode();
  LinkNamed(node, "eth0").mtu = LinkNamed(node, "cali12ab34cd56e").mtu = 1500;
  node.links->push_back(WorkloadLink(3, "eth1"));
  node.links->back().mtu = 1300;
  Route network = WorkloadRoute("10.40.0.0/16", 3);
  network.protocol = RTPROT_KERNEL;
  AddRoute(node, network);
  CHECK(Run(node)->empty());
}

TEST_CASE("another table's route by anything else than Calico's WireGuard is no way to the others") {
  Snapshot node = HealthyNode();
  std::erase_if(*node.routes, [](const Route& route) { return route.gateway && !route.destination.IsDefault(); });
  LinkNamed(node, "cali12ab34cd56e").mtu = 1500;
  Link other = WorkloadLink(11, "eth1");
  SECTION("a network card") {}
  SECTION("somebody's WireGuard") {
    other = WorkloadLink(11, "wg0");
    other.kind = "wireguard";
  }
  SECTION("Calico's VXLAN") {
    other = WorkloadLink(11, "vxlan.calico");
    other.kind = "vxlan";
  }
  other.mtu = 9000;
  node.links->push_back(other);
  Route route = WorkloadRoute("192.168.36.0/26", 11);
  route.table = 1;
  node.routes->push_back(route);
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("of several default routes the first of the lowest metric in table main is the way out") {
  Snapshot node = HealthyNode();
  LinkNamed(node, "cali12ab34cd56e").mtu = 1500;
  std::erase_if(*node.routes, [](const Route& route) { return route.gateway.has_value(); });
  Link wide = WorkloadLink(3, "eth1");
  wide.mtu = 9000;
  node.links->push_back(wide);
  Route narrow = BlockRoute("0.0.0.0/0", "10.39.1.1"), other = narrow;
  narrow.metric = 100;
  other.link = 3;
  SECTION("a higher metric") { other.metric = 200; }
  SECTION("the same, of IPv6") { other = BlockRoute("::/0", "fd39:1::1"), other.link = 3, other.metric = 100; }
  SECTION("another table") { other.table = 100; }
  SECTION("one that drops") { other.type = RTN_UNREACHABLE; }
  SECTION("for half of all") { other.destination = *Prefix::Parse("128.0.0.0/1"), other.protocol = RTPROT_STATIC; }
  AddRoute(node, narrow);
  AddRoute(node, other);
  CHECK(Run(node)->size() == 1);
  narrow.link = 3;
  narrow.metric = 50;
  AddRoute(node, narrow);
  CHECK(Run(node)->empty());
}

TEST_CASE("a network card that takes less than workloads are given is no tunnel") {
  Snapshot node = HealthyNode();
  LinkNamed(node, "eth0").mtu = 1400;
  CHECK(Run(node)->empty());
}

TEST_CASE("a smaller MTU only costs speed, and one without a workload nothing") {
  Snapshot node = VxlanNode();
  LinkNamed(node, "cali12ab34cd56e").mtu = 1400;
  node.links->push_back(WorkloadLink(7, "cali00000000007"));
  node.links->back().mtu = 9000;
  CHECK(Run(node)->empty());
}

TEST_CASE("a tunnel that does not fit into the network below it is found") {
  Snapshot node = VxlanNode();
  LinkNamed(node, "eth0").mtu = 1480;
  CHECK(*Run(node) ==
        std::vector<FindingText>{{"vxlan.calico",
                                  "has an MTU of 1450, but its headers take 50 bytes of the 1480 that eth0 "
                                  "carries",
                                  "",
                                  {"vxlan.calico"}}});
}

TEST_CASE("the network below is the one that leads to the other nodes") {
  Snapshot node = VxlanNode();
  Link management = WorkloadLink(3, "eth1");
  management.mtu = 1280;
  node.links->push_back(management);
  for (Route& route : *node.routes)
    if (route.destination.IsDefault()) route.link = 3;
  CHECK(Run(node)->empty());
}

TEST_CASE("a tunnel that takes less than workloads are given is found where routes use it") {
  Snapshot node = VxlanNode();
  LinkNamed(node, "vxlan.calico").mtu = 1400;
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail ==
        "carries packets of no more than 1400 bytes, less than the 1450 that Calico gives workloads");
  std::erase_if(*node.routes, [](const Route& route) { return route.link == kVxlanDevice; });
  Route own = WorkloadRoute("192.168.231.0", kVxlanDevice);
  own.protocol = RTPROT_KERNEL;
  AddRoute(node, own);
  AddRoute(node, BlockRoute("192.168.36.0/26", "10.39.1.36"));
  CHECK(Run(node)->empty());
}

TEST_CASE("each tunnel has headers of its own size") {
  const auto [name, fits, remote] = GENERATE(table<const char*, uint32_t, const char*>(
      {{"vxlan-v6.calico", 1430, "fd39:1::36"}, {"tunl0", 1480, "10.39.1.36"}}));
  Snapshot node = VxlanNode();
  node.links->push_back(WorkloadLink(11, name));
  node.links->back().mtu = fits;
  Route onlink = BlockRoute("fd39:1::/64", "fd39:1::1");
  onlink.gateway.reset();
  onlink.protocol = RTPROT_KERNEL;
  AddRoute(node, onlink);
  node.fdb->push_back({MacAddress{1}, 11, NUD_PERMANENT, NTF_SELF, *IpAddress::Parse(remote)});
  REQUIRE(Run(node)->empty());
  ++node.links->back().mtu;
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().subject == name);
}

// Built from the documented layout of an IPIP route: not every kernel has a device to record.
TEST_CASE("behind tunl0, a route's gateway is the node that the network below leads to") {
  Snapshot node = VxlanNode();
  node.links->push_back(WorkloadLink(11, "tunl0"));
  node.links->back().mtu = 1481;
  Route route = BlockRoute("192.168.7.0/26", "10.39.1.7");
  route.link = 11;
  route.flags = RTNH_F_ONLINK;
  AddRoute(node, route);
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail == "has an MTU of 1481, but its headers take 20 bytes of the 1500 that eth0 carries");
}

TEST_CASE("a tunnel is not judged while it is down, or leads to nobody yet") {
  Snapshot node = VxlanNode();
  LinkNamed(node, "vxlan.calico").mtu = 9000;
  REQUIRE(Run(node)->size() == 1);
  SECTION("down") { LinkNamed(node, "vxlan.calico").up = false; }
  SECTION("alone") { node.fdb->clear(); }
  SECTION("no route to the other node") {
    std::erase_if(*node.routes, [](const Route& route) { return route.link == kVxlanEth0; });
  }
  CHECK(Run(node)->empty());
}

TEST_CASE("where Felix writes no MTU there is nothing to compare with") {
  Snapshot node = VxlanNode();
  node.calico_mtu = absl::NotFoundError("/var/lib/calico/mtu does not exist");
  CHECK(absl::IsNotFound(Run(node).status()));
}

TEST_CASE("while something cannot be read, MTUs are unknown rather than right") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = VxlanNode();
  SECTION("file") { node.calico_mtu = gone; }
  SECTION("links") { node.links = gone; }
  SECTION("routes") { node.routes = gone; }
  SECTION("fdb") { node.fdb = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
