// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/findings/who.h"

#include "test/support/catch.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

std::string WhoOf(const Finding& finding, const Snapshot& node = HealthyNode(), const Recollection& before = {}) {
  const Derived derived = Derive(node);
  const PerFamily<BirdView> birds = ViewBirds(node);
  return WhoText(finding, {node, birds, derived, before});
}

Finding About(Thing subject, std::optional<Family> family = Family::kIpv4) { return {std::move(subject), family, ""}; }

TEST_CASE("a workload's address is its pod's") {
  const Finding finding = About(*IpAddress::Parse("192.168.231.1"));
  CHECK(WhoOf(finding) == "Pod default/pod-1 (192.168.231.1)");
  Snapshot node = HealthyNode();
  SECTION("of two that have it, neither is named") {
    node.endpoints->back().prefixes = node.endpoints->front().prefixes;
    CHECK(WhoOf(finding, node) == "Address 192.168.231.1");
  }
  SECTION("without endpoint-status nobody knows whose it is") {
    node.endpoints = absl::NotFoundError("before 3.30");
    CHECK(WhoOf(finding, node) == "Address 192.168.231.1");
  }
  SECTION("a route to it alone is about it as well") {
    CHECK(WhoOf(About(*Prefix::Parse("192.168.231.1/32"))) == "Pod default/pod-1 (192.168.231.1)");
  }
}

TEST_CASE("an address of another node, or of its tunnel, is that node's, and a peer's is a peer's") {
  CHECK(WhoOf(About(*IpAddress::Parse("10.39.1.36"))) == "Node 10.39.1.36");
  CHECK(WhoOf(About(*IpAddress::Parse("192.168.36.0")), VxlanNode()) ==
        "Node 10.39.1.36 (tunnel address 192.168.36.0)");
  Finding peer = About(*IpAddress::Parse("10.39.1.36"));
  peer.is_peer = true;
  CHECK(WhoOf(peer) == "BGP peer 10.39.1.36");
}

TEST_CASE("an interface is that of its workload, which may have lost its file, or goes by its kind") {
  CHECK(WhoOf(About(InterfaceName{"cali12ab34cd56e"})) == "Pod default/pod-1 (cali12ab34cd56e)");
  CHECK(WhoOf(About(InterfaceName{"eth0"})) == "Interface eth0");
  CHECK(WhoOf(About(InterfaceName{"vxlan.calico"})) == "Tunnel vxlan.calico");
  Recollection before;
  before.former_owners["cali9"] = "pod shop/cart-7";
  CHECK(WhoOf(About(InterfaceName{"cali9"}), HealthyNode(), before) == "Pod shop/cart-7 (cali9)");
}

TEST_CASE("all else goes by its own name") {
  CHECK(WhoOf(About(*Prefix::Parse("192.168.36.0/26"))) == "Network 192.168.36.0/26");
  CHECK(WhoOf(About(*Prefix::Parse("0.0.0.0/0"))) == "Default route 0.0.0.0/0");
  CHECK(WhoOf(About(PodName{"default/pod-1"})) == "Pod default/pod-1 ipv4");
  CHECK(WhoOf(About(ProtocolName{"Global_1"})) == "BGP peer Global_1");
  CHECK(WhoOf(About(FamilyWide::kBird, Family::kIpv6)) == "BIRD (IPv6)");
  CHECK(WhoOf(About(FamilyWide::kForwarding)) == "Forwarding of IPv4");
  CHECK(WhoOf(About(FamilyWide::kNeighborTable)) == "The neighbor table of IPv4");
  CHECK(WhoOf(About(FamilyWide::kWorkloadRoutes)) == "All workloads' IPv4");
  CHECK(WhoOf(About(NodeWide::kNode)) == "This node");
  CHECK(WhoOf(About(NodeWide::kFelix)) == "Felix");
  CHECK(WhoOf(About(NodeWide::kEndpointFiles)) == "Felix' files of pods (endpoint-status)");
  Finding named = About(InterfaceName{"eth0"});
  named.who = "Somebody";
  CHECK(WhoOf(named) == "Somebody");
}

}  // namespace
}  // namespace caliwatch
