// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/felix_traces.h"

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

Snapshot NodeWithoutFelix() {
  Snapshot node = HealthyNode();
  node.endpoints = absl::NotFoundError("no such folder");
  node.calico_mtu = absl::NotFoundError("no such file");
  return node;
}

TEST_CASE("each thing that Felix leaves is a trace of it, and BIRD's, CNI's and the kernel's are none") {
  Snapshot node = NodeWithoutFelix();
  CHECK(FindFelixTraces(node) == FelixTraces{});
  CHECK_FALSE(FindFelixTraces(node).any());
  SECTION("its files, though no endpoint is among them") {
    node.endpoints = std::vector<Endpoint>{};
    CHECK(FindFelixTraces(node) == FelixTraces{.endpoint_files = true});
  }
  SECTION("the pods' MTU") {
    node.calico_mtu = CalicoMtu{1450};
    CHECK(FindFelixTraces(node) == FelixTraces{.mtu_file = true});
  }
  SECTION("a route of its protocol number") {
    node.routes->push_back(BlockRoute("192.168.9.0/26", "10.39.1.9"));
    CHECK_FALSE(FindFelixTraces(node).any());
    node.routes->back().protocol = 80;
    CHECK(FindFelixTraces(node) == FelixTraces{.routes = true});
  }
  SECTION("its tunnels; tunl0 is there as soon as the kernel's module is") {
    node.links->push_back(WorkloadLink(9, "tunl0"));
    CHECK_FALSE(FindFelixTraces(node).any());
    node.links->push_back(WorkloadLink(10, "vxlan.calico"));
    CHECK(FindFelixTraces(node) == FelixTraces{.devices = true});
  }
  CHECK(FindFelixTraces(HealthyNode()).any());
}

TEST_CASE("what could not be read is no trace") {
  Snapshot node = NodeWithoutFelix();
  node.routes = absl::UnavailableError("netlink is gone");
  node.links = absl::UnavailableError("netlink is gone");
  node.endpoints = absl::PermissionDeniedError("not ours");
  CHECK_FALSE(FindFelixTraces(node).any());
}

}  // namespace
}  // namespace caliwatch
