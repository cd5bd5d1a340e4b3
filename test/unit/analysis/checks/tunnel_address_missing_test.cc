// SPDX-License-Identifier: Apache-2.0
#include "test/support/catch.h"
#include "test/support/judged.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

JudgedTexts Run(const Snapshot& node) { return JudgeBy("tunnel_address_missing", node); }

TEST_CASE("real nodes' tunnels have an address") {
  for (const char* name : {"vxlan-healthy", "ipip-healthy-n1", "ipip333-healthy-n1", "bgp-healthy"})
    CHECK(Run(RealNode(name))->empty());
}

TEST_CASE("a tunnel without an address has lost its routes with it") {
  for (const auto& [recording, device] :
       {std::pair("vxlan-healthy", "vxlan.calico"), {"ipip-healthy-n1", "tunl0"}, {"ipip333-healthy-n1", "tunl0"}}) {
    Snapshot node = RealNode(recording);
    TakeAddress(node, device);
    REQUIRE(Run(node)->size() == 1);
    CHECK(Run(node)->front().subject == device);
    CHECK(Run(node)->front().detail ==
          "is up, but has no IPv4 address; with it, the kernel dropped every route through it");
  }
}

TEST_CASE("routes that came again do not make up for the address") {
  Snapshot node = RealNode("ipip-healthy-n1");
  const int tunl0 = LinkNamed(node, "tunl0").index;
  std::erase_if(*node.addresses, [&](const Address& row) { return row.link == tunl0; });
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail.find("a source that others answer elsewhere") != std::string::npos);
}

TEST_CASE("whatever pods' MTU tells, VXLAN needs its address, and IPIP where routes lead through it") {
  Snapshot node = RealNode("vxlan-healthy");
  SECTION("VXLAN") { TakeAddress(node, "vxlan.calico"); }
  SECTION("IPIP") {
    node = RealNode("ipip-healthy-n1");
    const int tunl0 = LinkNamed(node, "tunl0").index;
    std::erase_if(*node.addresses, [&](const Address& row) { return row.link == tunl0; });
  }
  node.calico_mtu = CalicoMtu{1500};
  CHECK(Run(node)->size() == 1);
}

TEST_CASE("a tunnel of IPv6 needs more than the address that each interface makes itself") {
  Snapshot node = RealNode("vxlan-healthy");
  LinkNamed(node, "vxlan.calico").name = "vxlan-v6.calico";
  REQUIRE(Run(node)->size() == 1);
  CHECK(Run(node)->front().detail.find("no IPv6 address") != std::string::npos);
}

TEST_CASE("a tunl0 that nothing uses has none") {
  Snapshot node = RealNode("ipip-healthy-n1");
  TakeAddress(node, "tunl0");
  node.calico_mtu = CalicoMtu{1500};
  CHECK(Run(node)->empty());
  node.calico_mtu = absl::UnavailableError("gone");
  CHECK(absl::IsUnavailable(Run(node).status()));
}

TEST_CASE("a tunnel that is down, and one of the eBPF data plane, is not judged by its address") {
  Snapshot node = RealNode("vxlan-healthy");
  TakeAddress(node, "vxlan.calico");
  SECTION("down") { LinkNamed(node, "vxlan.calico").up = false; }
  SECTION("flow-based") { LinkNamed(node, "vxlan.calico").vxlan->flow_based = true; }
  SECTION("eBPF") { SwitchToEbpf(node); }
  CHECK(Run(node)->empty());
}

TEST_CASE("while a table is missing, tunnels' addresses are unknown") {
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  Snapshot node = RealNode("vxlan-healthy");
  SECTION("links") { node.links = gone; }
  SECTION("addresses") { node.addresses = gone; }
  SECTION("routes") { node.routes = gone; }
  CHECK(absl::IsUnavailable(Run(node).status()));
}

}  // namespace
}  // namespace caliwatch
