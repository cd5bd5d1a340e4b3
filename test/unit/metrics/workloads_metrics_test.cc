// SPDX-License-Identifier: Apache-2.0
#include <absl/strings/str_cat.h>

#include "lib/analysis/observe.h"
#include "lib/metrics/exposition.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

// The samples of a metric, a line each.
std::vector<std::string> LinesOf(absl::string_view metric, Snapshot node) {
  const std::string text = RenderMetrics({Observer().Observe(Seen(std::move(node))), ProcessStats()});
  std::vector<std::string> lines;
  for (size_t at = 0; (at = text.find(absl::StrCat("\n", metric, "{"), at)) != std::string::npos; ++at)
    lines.push_back(text.substr(at + 1, text.find('\n', at + 1) - at - 1));
  return lines;
}

std::vector<std::string> BlockIps(Snapshot node) { return LinesOf("caliwatch_block_workload_ips", std::move(node)); }

Route OwnBlock(absl::string_view block) {
  Route route;
  route.destination = *Prefix::Parse(block);
  route.type = RTN_BLACKHOLE;
  route.protocol = RTPROT_BIRD;
  return route;
}

TEST_CASE("the workloads' addresses in each of this node's blocks are counted") {
  Snapshot node = HealthyNode();
  node.routes->push_back(OwnBlock("fd00::/122"));
  node.endpoints->push_back(EndpointRow("default/pod-3", "cali00000000003", "192.168.36.3"));   // another's block
  node.endpoints->push_back(EndpointRow("default/pod-4", "cali00000000004", "192.168.231.1"));  // pod 1's address
  CHECK(BlockIps(node) ==
        std::vector<std::string>{R"(caliwatch_block_workload_ips{family="ipv4",block="192.168.231.0/26"} 2)",
                                 R"(caliwatch_block_workload_ips{family="ipv6",block="fd00::/122"} 0)"});
}

TEST_CASE("beside the addresses in use stands how many a block has") {
  Snapshot node = HealthyNode();
  for (const absl::string_view block : {"fd00::/122", "10.9.0.0/32"}) node.routes->push_back(OwnBlock(block));
  CHECK(LinesOf("caliwatch_block_size", node) ==
        std::vector<std::string>{R"(caliwatch_block_size{family="ipv4",block="192.168.231.0/26"} 64)",
                                 R"(caliwatch_block_size{family="ipv6",block="fd00::/122"} 64)",
                                 R"(caliwatch_block_size{family="ipv4",block="10.9.0.0/32"} 1)"});
}

TEST_CASE("without endpoint-status, routes to workloads are counted") {
  Snapshot node = HealthyNode();
  node.endpoints = absl::NotFoundError("there is no endpoint-status");
  node.routes->push_back(WorkloadRoute("192.168.231.3", 6));
  CHECK(BlockIps(node) ==
        std::vector<std::string>{R"(caliwatch_block_workload_ips{family="ipv4",block="192.168.231.0/26"} 3)"});
}

TEST_CASE("what cannot be read is not counted as zero") {
  const absl::Status gone = absl::UnavailableError("gone");
  Snapshot node = HealthyNode();
  SECTION("routes") { node.routes = gone; }
  SECTION("endpoints") { node.endpoints = gone; }
  SECTION("links") { node.links = gone; }
  CHECK(BlockIps(node).empty());
}

TEST_CASE("the list of blocks is cut at twenty") {
  Snapshot node = HealthyNode();
  for (int block = 0; block < 30; ++block) node.routes->push_back(OwnBlock(absl::StrCat("10.9.", block, ".0/26")));
  CHECK(BlockIps(node).size() == 20);
}

}  // namespace
}  // namespace caliwatch
