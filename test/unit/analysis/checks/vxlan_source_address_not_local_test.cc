// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("vxlan_source_address_not_local", node); }

Snapshot NodeWithoutItsAddress() {
  Snapshot node = RealNode("vxlan-healthy");
  for (Address& address : *node.addresses)
    if (address.address == *IpAddress::Parse("10.9.0.11")) address.address = *IpAddress::Parse("10.9.0.61");
  return node;
}

TEST_CASE("a real node's tunnel sends as the node's address") {
  CHECK(Run(RealNode("vxlan-healthy"))->empty());
  CHECK(Run(RealNode("ipip-healthy-n1"))->empty());
}

TEST_CASE("an address that no interface has is found") {
  CHECK(*Run(NodeWithoutItsAddress()) ==
        std::vector<FindingText>{{"vxlan.calico",
                                  "sends as 10.9.0.11, which no interface of the node has: what other nodes send there "
                                  "does not arrive here",
                                  "",
                                  {"vxlan.calico", "10.9.0.11"}}});
}

TEST_CASE("a tunnel that is down, lets the kernel choose, or is flow-based has no such address") {
  Snapshot node = NodeWithoutItsAddress();
  Link& device = LinkNamed(node, "vxlan.calico");
  SECTION("down") { device.up = false; }
  SECTION("the kernel chooses") { device.vxlan->local.reset(); }
  SECTION("flow-based") { device.vxlan->flow_based = true; }
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, the tunnel's source is unknown") {
  Snapshot node = NodeWithoutItsAddress();
  SECTION("links") { node.links = absl::UnavailableError("gone"); }
  SECTION("addresses") { node.addresses = absl::UnavailableError("gone"); }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
