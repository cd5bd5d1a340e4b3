// SPDX-License-Identifier: Apache-2.0
#include "lib/analysis/workloads/node_workloads.h"

#include <string>

#include <absl/strings/str_cat.h>

#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

Snapshot NodeWithFiles() {
  Snapshot node = HealthyNode();
  node.endpoints = std::vector<Endpoint>{EndpointRow("default/pod-1", "cali12ab34cd56e", "192.168.231.1"),
                                         EndpointRow("default/pod-2", "calif0f0f0f0f0f", "192.168.231.2")};
  return node;
}

NodeWorkloads Once(const Snapshot& node) { return NodeWorkloadsHistory().Follow(node); }

const UsedAddress& RowOf(const NodeWorkloads& node, absl::string_view address, absl::string_view interface) {
  for (const UsedAddress& row : *node.workloads)
    if (row.address.ToString() == address && row.interface == interface) return row;
  throw std::runtime_error(absl::StrCat("no row of ", address, " at ", interface));
}

TEST_CASE("each address of a workload is told with its pod, and by what it shows") {
  const NodeWorkloads node = Once(NodeWithFiles());
  REQUIRE(node.workloads->size() == 2);
  const UsedAddress& row = node.workloads->front();
  CHECK(row.address.ToString() == "192.168.231.1");
  CHECK(row.interface == "cali12ab34cd56e");
  CHECK(row.owner == "pod default/pod-1");
  CHECK(row.interface_is_there);
  CHECK(row.has_route == true);
  CHECK(row.has_endpoint == true);
  CHECK(row.has_neighbor == true);
  REQUIRE(node.blocks->size() == 1);
  CHECK(node.blocks->front().ToString() == "192.168.231.0/26");
}

TEST_CASE("two pods with one address are two rows, of which one has the route") {
  Snapshot node = NodeWithFiles();
  node.endpoints->at(1).prefixes = {*Prefix::Parse("192.168.231.1")};
  const NodeWorkloads seen = Once(node);
  CHECK(RowOf(seen, "192.168.231.1", "cali12ab34cd56e").has_route == true);
  CHECK(RowOf(seen, "192.168.231.1", "calif0f0f0f0f0f").has_route == false);
  CHECK(RowOf(seen, "192.168.231.1", "calif0f0f0f0f0f").has_endpoint == true);
  // What the kernel leads to that interface, though no file says so, is its pod's.
  CHECK(RowOf(seen, "192.168.231.2", "calif0f0f0f0f0f").owner == "pod default/pod-2");
  CHECK(RowOf(seen, "192.168.231.2", "calif0f0f0f0f0f").has_endpoint == false);
}

TEST_CASE("a file of an interface that is gone is told as that") {
  Snapshot node = NodeWithFiles();
  node.endpoints->push_back(EndpointRow("default/pod-3", "cali0123456789a", "192.168.231.3"));
  const NodeWorkloads seen = Once(node);
  CHECK_FALSE(RowOf(seen, "192.168.231.3", "cali0123456789a").interface_is_there);
  CHECK(RowOf(seen, "192.168.231.3", "cali0123456789a").has_route == false);
}

TEST_CASE("an address that only the neighbor table has is told, but for link-local and failed ones") {
  Snapshot node = NodeWithFiles();
  for (const char* address : {"192.168.231.7", "169.254.1.1", "fe80::1"})
    node.neighbors->push_back(NeighborEntry(address, 5));
  node.neighbors->push_back(NeighborEntry("192.168.231.8", 5, NUD_FAILED));
  const NodeWorkloads seen = Once(node);
  CHECK(seen.workloads->size() == 3);
  CHECK(RowOf(seen, "192.168.231.7", "cali12ab34cd56e").has_neighbor == true);
  CHECK(RowOf(seen, "192.168.231.7", "cali12ab34cd56e").has_route == false);
}

TEST_CASE("what could not be read is unknown, and makes nothing else unknown") {
  Snapshot node = NodeWithFiles();
  node.routes = absl::UnavailableError("netlink is gone");
  const NodeWorkloads seen = Once(node);
  CHECK_FALSE(seen.routes.ok());
  CHECK_FALSE(seen.blocks.ok());
  REQUIRE(seen.workloads.ok());
  CHECK_FALSE(seen.workloads->front().has_route.has_value());
  CHECK(seen.workloads->front().has_endpoint == true);

  node.endpoints = absl::NotFoundError("no endpoint-status");
  CHECK_FALSE(Once(node).workloads.ok());
  node = NodeWithFiles();
  node.endpoints = absl::NotFoundError("no endpoint-status");
  CHECK(Once(node).workloads->front().owner.empty());
  CHECK_FALSE(Once(node).workloads->front().has_endpoint.has_value());
  node.links = absl::UnavailableError("netlink is gone");
  CHECK_FALSE(Once(node).workloads.ok());
  CHECK_FALSE(Once(node).own_addresses.ok());
}

TEST_CASE("the node's own addresses are told, and which are of Calico's tunnels") {
  Snapshot node = NodeWithFiles();
  node.links->push_back(WorkloadLink(9, "vxlan.calico"));
  node.addresses->push_back({*IpAddress::Parse("192.168.231.9"), 32, RT_SCOPE_UNIVERSE, 0, 9});
  node.addresses->push_back({*IpAddress::Parse("fe80::9"), 64, RT_SCOPE_LINK, 0, 9});
  const NodeWorkloads seen = Once(node);
  REQUIRE(seen.own_addresses->size() == 2);
  CHECK(seen.own_addresses->at(0).interface == "eth0");
  CHECK_FALSE(seen.own_addresses->at(0).is_tunnel);
  CHECK(seen.own_addresses->at(1).address.ToString() == "192.168.231.9");
  CHECK(seen.own_addresses->at(1).is_tunnel);
}

TEST_CASE(
    "an address grows old by the boot's clock, begins anew with another pod, and a poll that fails costs no age") {
  NodeWorkloadsHistory history;
  Snapshot node = NodeWithFiles();
  history.Follow(node);
  LetPass(absl::Seconds(30), node);
  node.taken_at -= absl::Hours(5);  // the wall clock was set
  NodeWorkloads seen = history.Follow(node);
  CHECK(seen.observed == absl::Seconds(30));
  CHECK(seen.workloads->front().unchanged == absl::Seconds(30));

  Snapshot unread = node;
  unread.links = absl::UnavailableError("netlink is gone");
  history.Follow(unread);
  LetPass(absl::Seconds(10), node);
  node.endpoints->at(1).workload = "default/pod-9";
  seen = history.Follow(node);
  CHECK(RowOf(seen, "192.168.231.1", "cali12ab34cd56e").unchanged == absl::Seconds(40));
  CHECK(RowOf(seen, "192.168.231.2", "calif0f0f0f0f0f").unchanged == absl::ZeroDuration());
}

TEST_CASE("more rows than are told are counted") {
  Snapshot node = NodeWithFiles();
  node.neighbors->clear();
  for (size_t number = 0; number < NodeWorkloads::kMost; ++number)
    node.routes->push_back(WorkloadRoute(absl::StrCat("10.9.", number / 256, ".", number % 256), 5));
  const NodeWorkloads seen = Once(node);
  CHECK(seen.workloads->size() == NodeWorkloads::kMost);
  CHECK(seen.unlisted == 2);
}

}  // namespace
}  // namespace caliwatch
