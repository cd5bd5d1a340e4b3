// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/probe_targets.h"

#include <string>

#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

IpAddress At(const std::string& text) { return *IpAddress::Parse(text); }

std::vector<ProbeTarget> TargetsOf(const Snapshot& node, const TunnelClaims& claims = {},
                                   const PerFamily<std::optional<IpAddress>>& own = {}) {
  return ProbeTargetsOf(*RemoteNodesOf(node), own, claims, RouteLookup(*node.routes, {}), LinkIndex(*node.links));
}

// HealthyNode's blocks, by way of an IPIP tunnel.
Snapshot IpipNode() {
  Snapshot node = HealthyNode();
  Link tunl0 = WorkloadLink(20, "tunl0");
  tunl0.kind = "ipip";
  tunl0.role = LinkRole::kTunnel;
  node.links->push_back(tunl0);
  for (Route& route : *node.routes)
    if (route.protocol == RTPROT_BIRD && route.gateway) route.link = 20;
  return node;
}

TEST_CASE("through VXLAN, each node is asked at its own address and at that of the routes' gateway") {
  CHECK(TargetsOf(VxlanNode()) ==
        std::vector<ProbeTarget>{
            {.address = At("10.39.1.36"), .tunnel_address = At("192.168.36.0"), .tunnel = "vxlan.calico"},
            {.address = At("10.39.1.219"), .tunnel_address = At("192.168.219.0"), .tunnel = "vxlan.calico"}});
}

TEST_CASE("a mesh without a tunnel is asked at the nodes' own addresses alone") {
  CHECK(TargetsOf(HealthyNode()) ==
        std::vector<ProbeTarget>{{.address = At("10.39.1.36")}, {.address = At("10.39.1.219")}});
}

TEST_CASE("what is no node of the mesh and behind no tunnel is not asked: it may be a router") {
  Snapshot node = HealthyNode();
  AddRoute(node, BlockRoute("192.168.77.0/26", "10.39.1.1"));
  for (const ProbeTarget& target : TargetsOf(node)) CHECK(target.address != At("10.39.1.1"));
}

TEST_CASE("IPIP's other end counts where it says an address that the kernel sends to that node through the tunnel") {
  const Snapshot node = IpipNode();
  const auto end_of = [&](const std::string& claimed) {
    return TargetsOf(node, {{At("10.39.1.36"), {At(claimed)}}}).front();
  };
  CHECK_FALSE(TargetsOf(node).front().tunnel_address);
  CHECK(end_of("192.168.36.1").tunnel_address == At("192.168.36.1"));
  CHECK(end_of("192.168.36.1").tunnel == "tunl0");
  CHECK_FALSE(end_of("192.168.219.1").tunnel_address);  // another node's
  CHECK_FALSE(end_of("10.39.1.219").tunnel_address);    // not through the tunnel
  CHECK_FALSE(end_of("127.0.0.1").tunnel_address);
  CHECK_FALSE(end_of("203.0.113.9").tunnel_address);
}

TEST_CASE("of two nodes exactly one asks, and each node about half of the others") {
  int asks = 0;
  for (int i = 2; i < 202; ++i) {
    const IpAddress own = At("10.0.0.1"), other = At(absl::StrCat("10.0.0.", i));
    CHECK(AsksFirst(own, other) != AsksFirst(other, own));
    asks += AsksFirst(own, other) ? 1 : 0;
  }
  CHECK(asks > 60);
  CHECK(asks < 140);
  // All versions must agree on who it is.
  CHECK(AsksFirst(At("10.0.0.1"), At("10.0.0.2")) == AsksFirst(At("10.0.0.1"), At("10.0.0.2")));
}

TEST_CASE("a node that does not know how the others know it asks all of them") {
  PerFamily<std::optional<IpAddress>> own;
  own[Family::kIpv4] = At("10.39.1.231");
  for (const ProbeTarget& target : TargetsOf(VxlanNode(), {}, own))
    CHECK(target.is_ours == AsksFirst(At("10.39.1.231"), target.address));
  for (const ProbeTarget& target : TargetsOf(VxlanNode())) CHECK(target.is_ours);
}

}  // namespace
}  // namespace caliwatch
