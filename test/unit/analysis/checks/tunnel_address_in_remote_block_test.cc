// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("tunnel_address_in_remote_block", node); }

Snapshot NodeWithTunnelAddress(const char* recording, const char* device, absl::string_view address) {
  Snapshot node = RealNode(recording);
  const int index = LinkNamed(node, device).index;
  for (Address& row : *node.addresses)
    if (row.link == index && !row.address.IsLinkLocal()) row.address = *IpAddress::Parse(address);
  return node;
}

TEST_CASE("real nodes' tunnel addresses are in their own blocks") {
  for (const char* name : {"vxlan-healthy", "ipip-healthy-n1", "ipip333-healthy-n1", "bgp-healthy"})
    CHECK(Run(RealNode(name))->empty());
}

TEST_CASE("a tunnel address in another node's block is told") {
  CHECK(
      *Run(NodeWithTunnelAddress("vxlan-healthy", "vxlan.calico", "10.48.98.5")) ==
      std::vector<FindingText>{{"10.48.98.5",
                                "is the address of vxlan.calico, and lies in 10.48.98.0/26, a block of the node behind "
                                "10.48.98.0",
                                "",
                                {"vxlan.calico"}}});
  CHECK(Run(NodeWithTunnelAddress("ipip-healthy-n1", "tunl0", "10.48.98.5"))->size() == 1);
}

TEST_CASE("an address of a pool for tunnels alone is in nobody's block") {
  CHECK(Run(NodeWithTunnelAddress("vxlan-healthy", "vxlan.calico", "10.99.0.1"))->empty());
}

TEST_CASE("the address of a network card is none of a tunnel's, whatever holds it") {
  Snapshot node = RealNode("vxlan-healthy");
  AddRoute(node, BlockRoute("10.9.0.0/26", "10.9.0.13"));
  CHECK(Run(node)->empty());
}

TEST_CASE("a network that a router leads to is no block") {
  Snapshot node = NodeWithTunnelAddress("ipip-healthy-n1", "tunl0", "10.99.0.1");
  AddRoute(node, BlockRoute("10.99.0.0/16", "10.9.0.1"));
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, whose block it is is unknown") {
  Snapshot node = RealNode("vxlan-healthy");
  SECTION("links") { node.links = absl::UnavailableError("gone"); }
  SECTION("addresses") { node.addresses = absl::UnavailableError("gone"); }
  SECTION("routes") { node.routes = absl::UnavailableError("gone"); }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
