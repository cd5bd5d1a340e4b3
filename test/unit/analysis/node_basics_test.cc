// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/node_basics.h"

#include <string>
#include <vector>

#include <linux/netconf.h>
#include <linux/rtnetlink.h>

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
  const NodeBasics basics = BasicsOf(node, RemoteNodesOf(node));
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
  const absl::Status gone = absl::UnavailableError("netlink is gone");
  node.endpoints = gone;
  node.routes = gone;
  node.netconf = gone;
  node.neighbor_limits = gone;
  const NodeBasics basics = BasicsOf(node, RemoteNodesOf(node));
  CHECK(basics.interfaces.empty());
  CHECK_FALSE(basics.workload_mtu.has_value());
  CHECK_FALSE(basics.behaviour.endpoint_files.has_value());
  CHECK_FALSE(basics.behaviour.pod_route_metric.has_value());
  CHECK_FALSE(basics.behaviour.block_routes_by.has_value());
  CHECK_FALSE(basics.behaviour.rp_filter.has_value());
  CHECK_FALSE(basics.behaviour.neighbor_limit[Family::kIpv4].has_value());
}

TEST_CASE("a node behaves as its Calico and its kernel do") {
  Snapshot node = HealthyNode();
  node.endpoints = absl::NotFoundError("no folder");
  node.netconf->push_back({Family::kIpv4, NETCONFA_IFINDEX_ALL, 1, 2, 0});
  node.netconf->push_back({Family::kIpv4, 9, 1, 1, 0});
  node.neighbor_limits = std::vector<NeighborLimits>{{.family = Family::kIpv4, .limit = 1024}};
  const NodeBehaviour old = BasicsOf(node, RemoteNodesOf(node)).behaviour;
  CHECK(old.endpoint_files == StatusFiles::kNone);
  CHECK(old.pod_route_metric == 0);
  CHECK(old.block_routes_by == std::vector<std::string>{"bird"});
  CHECK(old.rp_filter == 2);
  CHECK(old.neighbor_limit[Family::kIpv4] == 1024);
  CHECK_FALSE(old.neighbor_limit[Family::kIpv6].has_value());

  for (Route& route : *node.routes) {
    if (route.protocol == RTPROT_BOOT) route.metric = 1024;
    if (route.protocol == RTPROT_BIRD) route.protocol = 80;
  }
  node.endpoints = std::vector<Endpoint>{EndpointRow("default/pod-1", "cali12ab34cd56e", "192.168.231.1")};
  const NodeBehaviour now = BasicsOf(node, RemoteNodesOf(node)).behaviour;
  CHECK(now.endpoint_files == StatusFiles::kNamed);
  CHECK(now.pod_route_metric == 1024);
  CHECK(now.block_routes_by == std::vector<std::string>{"felix"});
  node.endpoints->front().interface.clear();
  CHECK(BasicsOf(node, RemoteNodesOf(node)).behaviour.endpoint_files == StatusFiles::kEmpty);
}

}  // namespace
}  // namespace caliwatch
