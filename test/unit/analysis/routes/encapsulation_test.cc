// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/routes/encapsulation.h"

#include "test/support/catch.h"
#include "test/support/real_node.h"
#include "test/support/vxlan_node.h"

namespace caliwatch {
namespace {

Encapsulation Of(const Snapshot& node) { return EncapsulationOf(*node.links, *node.routes, &*node.calico_mtu); }

TEST_CASE("real nodes' MTU names their tunnel") {
  CHECK(Of(RealNode("vxlan-healthy")).device == "vxlan.calico");
  CHECK(Of(RealNode("vxlan-device-missing")).device == "vxlan.calico");
  CHECK(Of(RealNode("ipip-healthy-n1")).device == "tunl0");
  CHECK(Of(RealNode("ipip333-healthy-n1")).device == "tunl0");
  CHECK(Of(RealNode("bgp-healthy")).device.empty());
}

TEST_CASE("each tunnel is known by what its headers take") {
  const auto [bytes, device] = GENERATE(table<uint32_t, const char*>({{1480, "tunl0"},
                                                                      {1450, "vxlan.calico"},
                                                                      {1430, "vxlan-v6.calico"},
                                                                      {1440, "wireguard.cali"},
                                                                      {1420, "wg-v6.cali"},
                                                                      {1500, ""},
                                                                      {1400, ""}}));
  Snapshot node = RealNode("bgp-healthy");
  node.calico_mtu = CalicoMtu{bytes};
  CHECK(Of(node).device == device);
}

TEST_CASE("of several networks, the smallest counts that Felix knows by name and that runs") {
  Snapshot node = RealNode("vxlan-healthy");
  Link second = LinkNamed(node, "eth0");
  second.index = 40;
  second.name = "ens5";
  second.mtu = 9000;
  CHECK(Of(node).network == "eth0");
  SECTION("larger") {}
  SECTION("not running") { second.mtu = 1400, second.running = false; }
  SECTION("of another name") { second.mtu = 1400, second.name = "docker0"; }
  SECTION("of a name that only begins alike") { second.mtu = 1400, second.name = "eni2"; }
  node.links->push_back(second);
  CHECK(Of(node).network == "eth0");
  CHECK(Of(node).network_mtu == 1500);
  CHECK(Of(node).pods == 1450);
}

}  // namespace
}  // namespace caliwatch
