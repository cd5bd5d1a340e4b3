// SPDX-License-Identifier: Apache-2.0
#include "lib/view/this_node_words.h"

#include <string>
#include <vector>

#include <absl/strings/match.h>

#include "test/support/catch.h"
#include "test/support/judged_nodes.h"

namespace caliwatch {
namespace {

using Lines = std::vector<std::string>;

TEST_CASE("tunnels are told with what they are, their addresses, and that one is switched off") {
  Report report = ReportOf(HealthyNode());
  CHECK(EncapsulationText(report) == "none: no tunnel of Calico's is there");
  report.this_node.tunnels = std::vector<NodeTunnel>{
      {"tunl0", NodeWay::kIpip, false, {}},
      {"vxlan.calico", NodeWay::kVxlan, true, {*IpAddress::Parse("192.168.5.0"), *IpAddress::Parse("fd00::5")}}};
  CHECK(EncapsulationText(report) ==
        "IPIP (tunl0, without an address, switched off); VXLAN (vxlan.calico, 192.168.5.0, fd00::5)");
  report.this_node.tunnels = absl::UnavailableError("netlink is gone");
  CHECK(EncapsulationText(report) == "unknown: netlink is gone");
}

TEST_CASE("addresses that nothing tells are unknown") {
  Report report = ReportOf(HealthyNode());
  report.this_node.addresses = {};
  CHECK(AddressesText(report) == "unknown: BGP and VXLAN use none that an interface has");
  const auto tunnels = std::exchange(report.this_node.tunnels, absl::UnavailableError("netlink is gone"));
  CHECK(AddressesText(report) == "unknown: netlink is gone");
  report.this_node.tunnels = tunnels;
  report.this_node.addresses = {{*IpAddress::Parse("10.39.1.11"), *IpAddress::Parse("fd39:1::11")}};
  CHECK(AddressesText(report) == "10.39.1.11, fd39:1::11");
}

TEST_CASE("the AS number is BIRD's own where it tells it, else that of all its mesh, else unknown") {
  Snapshot node = HealthyNode();
  CHECK(LocalAsOf(ReportOf(node))->is_of_mesh);
  node.birds[Family::kIpv4].peers->back().remote_as = 64513;
  CHECK_FALSE(LocalAsOf(ReportOf(node)));
  CHECK(AsText(ReportOf(node)) == "unknown: BIRD does not tell it");
  node.birds[Family::kIpv4].peers->back().local_as = 64514;
  CHECK(AsText(ReportOf(node)) == "64514");
  CHECK(AsText(ReportOf(NodeWithoutBird())).empty());
}

TEST_CASE("pods are told with their interfaces, and either may be unknown") {
  Report report = ReportOf(HealthyNode());
  report.kernel.workload_interfaces->down = 1;
  CHECK(WorkloadsText(report) == "2 (3 interfaces, 1 of them down)");
  report.this_node.workloads = absl::UnavailableError("gone");
  CHECK(WorkloadsText(report) == "unknown: gone (3 interfaces, 1 of them down)");
  report.kernel.workload_interfaces = absl::UnavailableError("gone");
  CHECK(WorkloadsText(report) == "unknown: gone");
}

TEST_CASE("blocks, routes and neighbor tables are told with their numbers, none and unknown apart") {
  Report report = ReportOf(HealthyNode());
  CHECK(BlockLines(report) == Lines{"192.168.231.0/26: 2 of 64 in use"});
  CHECK(KernelRouteLines(report) == Lines{"IPv4: 3 by BIRD, 2 to pods, or by hand (boot), 1 other", "IPv6: none"});
  CHECK(NeighborTableLines(report) == Lines{"IPv4: 4 of 1024 (0 %)", "IPv6: 0 of 1024 (0 %)"});
  report.kernel.block_use->clear();
  CHECK(BlockLines(report) == Lines{"none that the kernel's routes tell of"});
  const absl::Status gone = absl::UnavailableError("gone");
  report.kernel.block_use = gone;
  report.kernel.routes = gone;
  report.kernel.neighbor_limits = gone;
  for (const Lines& lines : {BlockLines(report), KernelRouteLines(report), NeighborTableLines(report)})
    CHECK(lines == Lines{"unknown: gone"});
}

}  // namespace
}  // namespace caliwatch
