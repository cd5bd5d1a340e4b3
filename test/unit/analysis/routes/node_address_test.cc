// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/node_address.h"

#include <linux/fib_rules.h>
#include <linux/if_addr.h>

#include "test/support/catch.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

constexpr int kEth0 = 2, kEth1 = 3;

IpAddress At(absl::string_view text) { return *IpAddress::Parse(text); }

const std::vector<IpAddress>& Others() {
  static const std::vector<IpAddress> others = {At("10.39.1.219"), At("10.39.1.36")};
  return others;
}

// HealthyNode with the kernel's route to the nodes' network, and a second interface that leads to another one.
Snapshot TwoNetworks() {
  Snapshot node = HealthyNode();
  Link eth1 =
      *std::find_if(node.links->begin(), node.links->end(), [](const Link& link) { return link.name == "eth0"; });
  eth1.index = kEth1;
  eth1.name = "eth1";
  node.links->push_back(eth1);
  for (const auto& [network, link] : {std::pair{"10.39.1.0/24", kEth0}, {"172.20.0.0/16", kEth1}}) {
    Route route = WorkloadRoute(network, link);
    route.protocol = RTPROT_KERNEL;
    AddRoute(node, route);
  }
  node.addresses->push_back({At("172.20.0.5"), 16, RT_SCOPE_UNIVERSE, 0, kEth1});
  return node;
}

std::optional<AddressFault> Fault(const Snapshot& node, absl::string_view address,
                                  const std::vector<IpAddress>& others = Others()) {
  return FaultOf(At(address), others, *node.addresses, LinkIndex(*node.links), *RouteLookupOf(node.routes, node.rules));
}

TEST_CASE("the address of the interface that leads to the other nodes is right") {
  CHECK_FALSE(Fault(TwoNetworks(), "10.39.1.231"));
  CHECK_FALSE(Fault(HealthyNode(), "10.39.1.231"));  // by the default route
}

TEST_CASE("one of an interface that leads to none of them is not") {
  const auto fault = Fault(TwoNetworks(), "172.20.0.5");
  REQUIRE(fault);
  CHECK(fault->problem == AddressProblem::kElsewhere);
  CHECK(fault->interface == "eth1");
  CHECK(fault->towards == "eth0");
  CHECK(fault->for_example == At("10.39.1.219"));
}

TEST_CASE("an interface that leads to one of them may have it") {
  CHECK_FALSE(Fault(TwoNetworks(), "172.20.0.5", {At("10.39.1.219"), At("172.20.0.9")}));
}

TEST_CASE("where a rule by source leads what the address sends out of its own interface, all is well") {
  Snapshot node = TwoNetworks();
  Route uplink = BlockRoute("0.0.0.0/0", "172.20.0.1");
  uplink.link = kEth1;
  uplink.table = 100;
  AddRoute(node, uplink);
  Rule rule;
  rule.action = FR_ACT_TO_TBL;
  rule.table = 100;
  rule.from = *Prefix::Parse("172.20.0.5");
  node.rules->push_back(rule);
  CHECK_FALSE(Fault(node, "172.20.0.5"));
}

TEST_CASE("what goes by a tunnel, as nodes' own traffic with WireGuard, tells nothing of the way out") {
  Snapshot node = TwoNetworks();
  LinkNamed(node, "eth0").role = LinkRole::kTunnel;
  CHECK_FALSE(Fault(node, "172.20.0.5"));
}

TEST_CASE("a loopback address is reached by all interfaces") {
  Snapshot node = TwoNetworks();
  Link& eth1 = LinkNamed(node, "eth1");
  SECTION("of lo") { eth1.name = "lo"; }
  SECTION("of a dummy") { eth1.kind = "dummy"; }
  CHECK_FALSE(Fault(node, "172.20.0.5"));
}

TEST_CASE("the dummy that has the addresses of services is no loopback") {
  Snapshot node = TwoNetworks();
  Link& eth1 = LinkNamed(node, "eth1");
  eth1.kind = "dummy";
  eth1.name = "kube-ipvs0";
  CHECK(Fault(node, "172.20.0.5")->problem == AddressProblem::kElsewhere);
}

TEST_CASE("an address beside the one whose network it is in is a virtual one") {
  Snapshot node = TwoNetworks();
  Address second{At("10.39.1.100"), 32, RT_SCOPE_UNIVERSE, IFA_F_PERMANENT, kEth0};
  SECTION("of one address, as kube-vip adds it") {}
  SECTION("of the same length, which the kernel calls secondary") {
    second.prefix_length = 24;
    second.flags |= IFA_F_SECONDARY;
  }
  node.addresses->push_back(second);
  const auto fault = Fault(node, "10.39.1.100");
  REQUIRE(fault);
  CHECK(fault->problem == AddressProblem::kSecond);
  CHECK(fault->instead->address == At("10.39.1.231"));
  CHECK_FALSE(Fault(node, "10.39.1.231"));
}

TEST_CASE("an only address may be alone in its network, as clouds give it") {
  Snapshot node = HealthyNode();
  node.addresses->front().prefix_length = 32;
  CHECK_FALSE(Fault(node, "10.39.1.231"));
}

TEST_CASE("of IPv6 an address alone may come from DHCP, beside one that a router's prefix made") {
  Snapshot node = HealthyNode();
  node.addresses->push_back({At("fd39:1::aa"), 64, RT_SCOPE_UNIVERSE, 0, kEth0});
  Address leased{At("fd39:1::231"), 128, RT_SCOPE_UNIVERSE, 0, kEth0};
  SECTION("from DHCP") { leased.valid = Lifetime{3600}; }
  SECTION("for ever") {}
  node.addresses->push_back(leased);
  CHECK(Fault(node, "fd39:1::231", {}).has_value() == leased.valid.IsForever());
}

TEST_CASE("a temporary address of IPv6 does not stay") {
  Snapshot node = HealthyNode();
  node.addresses->push_back({At("fd39:1::231"), 64, RT_SCOPE_UNIVERSE, IFA_F_TEMPORARY, kEth0});
  CHECK(Fault(node, "fd39:1::231", {})->problem == AddressProblem::kTemporary);
}

TEST_CASE("a virtual address whose network leads to the others is what the kernel speaks as") {
  Snapshot node = TwoNetworks();
  node.addresses->push_back({At("10.39.1.200"), 25, RT_SCOPE_UNIVERSE, 0, kEth0});
  Route route = WorkloadRoute("10.39.1.128/25", kEth0);
  route.protocol = RTPROT_KERNEL;
  AddRoute(node, route);
  const auto fault = Fault(node, "10.39.1.231");
  REQUIRE(fault);
  CHECK(fault->problem == AddressProblem::kNotSource);
  CHECK(fault->instead->address == At("10.39.1.200"));
  CHECK(fault->for_example == At("10.39.1.219"));
  CHECK_FALSE(Fault(node, "10.39.1.231", {At("10.39.1.36")}));  // not in that network
}

TEST_CASE("so it is with a shorter network, for nodes beyond the first") {
  Snapshot node = TwoNetworks();
  node.addresses->push_back({At("10.39.200.1"), 16, RT_SCOPE_UNIVERSE, 0, kEth0});
  Route route = WorkloadRoute("10.39.0.0/16", kEth0);
  route.protocol = RTPROT_KERNEL;
  AddRoute(node, route);
  CHECK_FALSE(Fault(node, "10.39.1.231"));
  CHECK(Fault(node, "10.39.1.231", {At("10.39.7.7")})->instead->address == At("10.39.200.1"));
}

TEST_CASE("a virtual address of a network of its own changes nothing") {
  Snapshot node = TwoNetworks();
  node.addresses->push_back({At("10.39.1.100"), 32, RT_SCOPE_UNIVERSE, 0, kEth0});
  CHECK_FALSE(Fault(node, "10.39.1.231"));
}

TEST_CASE("an address that no interface has, and one that there is no other node for, are not judged") {
  CHECK_FALSE(Fault(TwoNetworks(), "10.39.1.99"));
  CHECK_FALSE(Fault(TwoNetworks(), "172.20.0.5", {}));
  CHECK_FALSE(Fault(TwoNetworks(), "172.20.0.5", {At("fd39:1::7")}));
}

}  // namespace
}  // namespace caliwatch
