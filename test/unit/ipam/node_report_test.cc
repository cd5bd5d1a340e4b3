// SPDX-License-Identifier: Apache-2.0
#include "lib/ipam/node_report.h"

#include "lib/decode/workloads_document.h"
#include "lib/node/recorded_node.h"
#include "lib/read/read_snapshot.h"
#include "lib/view/json/workloads_json.h"
#include "test/support/catch.h"
#include "test/support/ipam_cluster.h"

namespace caliwatch {
namespace {

Snapshot Recorded(const std::string& name) {
  const auto looks = OpenRecording(CALIWATCH_SOURCE_DIR "/test/recordings/calico/" + name);
  REQUIRE(looks.ok());
  return *ReadSnapshot(*looks->front(), [] { return kClusterRead; });
}

absl::StatusOr<NodeReport> ReportOf(const Snapshot& seen) {
  return NodeReportFrom(NodeWorkloadsHistory().Follow(seen));
}

}  // namespace

TEST_CASE("a node's report has its pods' addresses, its own, and its blocks") {
  const NodeReport report = ReportOf(Recorded("bgp-healthy")).value();
  CHECK(report.node == "n1");
  CHECK(report.read_at == kClusterRead);
  CHECK(report.kernel.ok());
  CHECK(report.endpoint_status.ok());
  REQUIRE(report.addresses.size() == 3);
  const NodeAddress& first = report.addresses[0];
  CHECK(first.address == AddressOf("10.48.40.128"));
  CHECK(first.interface == "calica87c8a6361");
  CHECK(first.pod == "default/pod1a");
  CHECK(first.in_routes);
  CHECK(first.in_endpoint_status);
  CHECK(first.IsUsed());
  CHECK(report.local_blocks == std::vector<Prefix>{Block("10.48.40.128/26")});
  CHECK(std::count(report.own_addresses.begin(), report.own_addresses.end(), AddressOf("10.9.0.11")) == 1);
}

TEST_CASE("a recording of a node tells what its agent would") {
  for (const char* name : {"bgp-healthy", "ipam-wiped-duplicates"}) {
    const NodeWorkloads node = NodeWorkloadsHistory().Follow(Recorded(name));
    CHECK(NodeReportFrom(node).value() == NodeReportFromDocument(WorkloadsJson(node), kClusterRead).value());
  }
}

TEST_CASE("two interfaces with one address are two rows") {
  const NodeReport report = ReportOf(Recorded("ipam-wiped-duplicates")).value();
  CHECK(report.addresses.size() == 6);
  CHECK(report.addresses[0].address == report.addresses[1].address);
  CHECK(report.addresses[0].pod != report.addresses[1].pod);
  CHECK(report.addresses[0].in_routes != report.addresses[1].in_routes);
}

TEST_CASE("what could not be read of a node is told") {
  Snapshot seen = Recorded("bgp-healthy");
  seen.routes = absl::DataLossError("cut off");
  seen.endpoints = absl::NotFoundError("before Calico 3.30");
  NodeReport report = ReportOf(seen).value();
  CHECK(absl::IsDataLoss(report.kernel));
  CHECK(absl::IsNotFound(report.endpoint_status));
  CHECK_FALSE(report.local_blocks);
  seen.links = absl::DataLossError("cut off");
  report = ReportOf(seen).value();
  CHECK(report.addresses.empty());
  seen.node_name = absl::NotFoundError("no nodename");
  CHECK(absl::IsNotFound(ReportOf(seen).status()));
}

TEST_CASE("each table that was not read leaves the node unknown, and so does a list that was cut") {
  for (const auto break_table : std::initializer_list<void (*)(Snapshot&)>{
           [](Snapshot& seen) { seen.routes = absl::DataLossError("cut off"); },
           [](Snapshot& seen) { seen.neighbors = absl::DataLossError("cut off"); },
           [](Snapshot& seen) { seen.addresses = absl::DataLossError("cut off"); },
           [](Snapshot& seen) { seen.links = absl::DataLossError("cut off"); }}) {
    Snapshot seen = Recorded("bgp-healthy");
    break_table(seen);
    const NodeWorkloads node = NodeWorkloadsHistory().Follow(seen);
    const NodeReport report = NodeReportFrom(node).value();
    const NodeReport served = NodeReportFromDocument(WorkloadsJson(node), kClusterRead).value();
    CHECK_FALSE(report.kernel.ok());
    CHECK(report.kernel.message() == served.kernel.message());
    CHECK(report.addresses == served.addresses);
  }
  NodeWorkloads cut = NodeWorkloadsHistory().Follow(Recorded("bgp-healthy"));
  cut.unlisted = 1;
  CHECK(absl::IsResourceExhausted(NodeReportFrom(cut)->kernel));
}

TEST_CASE("a file of endpoint-status for an interface that is gone is no use of its address") {
  Snapshot seen = Recorded("bgp-healthy");
  std::erase_if(*seen.links, [](const Link& link) { return link.name == "calica87c8a6361"; });
  const NodeReport report = ReportOf(seen).value();
  CHECK_FALSE(report.addresses.at(0).interface_is_there);
  CHECK_FALSE(report.addresses.at(0).IsUsed());
}

}  // namespace caliwatch
