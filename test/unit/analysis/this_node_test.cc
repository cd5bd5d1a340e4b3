// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/this_node.h"

#include <string>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

const IpAddress kOwn = *IpAddress::Parse("10.39.1.231");

ThisNode LookAt(const Snapshot& node, std::optional<IpAddress> bgp_source = std::nullopt) {
  return LookAtThisNode(node, Derive(node), {{bgp_source, std::nullopt}});
}

TEST_CASE("a node is reached by the address that BGP is spoken from, while an interface has it") {
  Snapshot node = HealthyNode();
  CHECK(LookAt(node, kOwn).addresses[Family::kIpv4] == kOwn);
  CHECK_FALSE(LookAt(node).addresses[Family::kIpv4]);
  node.addresses->clear();
  CHECK_FALSE(LookAt(node, kOwn).addresses[Family::kIpv4]);
  node.addresses = absl::UnavailableError("netlink is gone");
  CHECK_FALSE(LookAt(node, kOwn).addresses[Family::kIpv4]);
}

TEST_CASE("a node behind VXLAN is reached by the source of its outer packets, and its tunnel is told") {
  Snapshot node = VxlanNode();
  LinkNamed(node, "vxlan.calico").vxlan->local = kOwn;
  const ThisNode look = LookAt(node);
  CHECK(look.addresses[Family::kIpv4] == kOwn);
  CHECK_FALSE(look.addresses[Family::kIpv6]);
  REQUIRE(look.tunnels.ok());
  REQUIRE(look.tunnels->size() == 1);
  CHECK(look.tunnels->front().device == "vxlan.calico");
  CHECK(look.tunnels->front().way == NodeWay::kVxlan);
  CHECK(look.tunnels->front().up);
  CHECK(look.tunnels->front().addresses.size() == 1);
}

TEST_CASE("a tunl0 that came with the kernel's module alone is no tunnel of Calico's") {
  Snapshot node = HealthyNode();
  Link tunl0 = node.links->front();
  tunl0.index = 20;
  tunl0.name = "tunl0";
  tunl0.kind = "ipip";
  tunl0.role = LinkRole::kTunnel;
  tunl0.up = false;
  node.links->push_back(tunl0);
  CHECK(LookAt(node).tunnels->empty());
  node.addresses->push_back({*IpAddress::Parse("192.168.231.64"), 32, RT_SCOPE_UNIVERSE, 0, 20});
  REQUIRE(LookAt(node).tunnels->size() == 1);
  CHECK(LookAt(node).tunnels->front().way == NodeWay::kIpip);
  CHECK_FALSE(LookAt(node).tunnels->front().up);
}

TEST_CASE("workloads are counted by their interfaces, and what cannot be read is an error") {
  Snapshot node = HealthyNode();
  CHECK(*LookAt(node).workloads == 2);
  node.endpoints->front().prefixes.push_back(*Prefix::Parse("192.168.231.9/32"));
  CHECK(*LookAt(node).workloads == 2);
  node.links = absl::UnavailableError("netlink is gone");
  CHECK_FALSE(LookAt(node).workloads.ok());
  CHECK_FALSE(LookAt(node).tunnels.ok());
}

}  // namespace
}  // namespace caliwatch
