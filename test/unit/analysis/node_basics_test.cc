// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/node_basics.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

TEST_CASE("the interfaces that are no pod's are told with their MTU, and when the machine booted") {
  Snapshot node = HealthyNode();
  node.boot_time = absl::Hours(2);
  node.calico_mtu = CalicoMtu{1450};
  node.links->push_back(WorkloadLink(9, "vxlan.calico"));
  node.links->back().role = LinkRole::kTunnel;
  node.links->back().mtu = 1410;
  node.links->back().mac = MacAddress{0x66, 1, 2, 3, 4, 5};
  const NodeBasics basics = BasicsOf(node);
  CHECK(basics.booted == node.taken_at - absl::Hours(2));
  CHECK(basics.workload_mtu == 1450);
  REQUIRE_FALSE(basics.interfaces.empty());
  CHECK(basics.interfaces.back().name == "vxlan.calico");
  CHECK(basics.interfaces.back().mtu == 1410);
  CHECK(basics.interfaces.back().mac == MacAddress{0x66, 1, 2, 3, 4, 5});
  for (const NodeInterface& interface : basics.interfaces) CHECK(interface.name.rfind("cali", 0) != 0);
}

TEST_CASE("what could not be read is not told") {
  Snapshot node = HealthyNode();
  node.links = absl::UnavailableError("netlink is gone");
  node.calico_mtu = absl::NotFoundError("no file");
  CHECK(BasicsOf(node).interfaces.empty());
  CHECK_FALSE(BasicsOf(node).workload_mtu.has_value());
}

}  // namespace
}  // namespace caliwatch
