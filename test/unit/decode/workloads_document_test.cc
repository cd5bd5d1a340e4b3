// SPDX-License-Identifier: Apache-2.0
#include "lib/decode/workloads_document.h"

#include <string>

#include <absl/strings/match.h>
#include <absl/strings/str_replace.h>

#include "lib/view/json/workloads_json.h"
#include "test/support/catch.h"
#include "test/support/healthy_node.h"

namespace caliwatch {
namespace {

const absl::Time kThen = absl::FromUnixSeconds(1'000);

// As an agent serves it.
std::string Served(const Snapshot& node) { return WorkloadsJson(NodeWorkloadsHistory().Follow(node)); }

Snapshot NodeWithFile() {
  Snapshot node = HealthyNode();
  node.endpoints = std::vector<Endpoint>{EndpointRow("default/pod-1", "cali12ab34cd56e", "192.168.231.1")};
  return node;
}

TEST_CASE("what an agent serves becomes its node's report") {
  const absl::StatusOr<NodeReport> report = NodeReportFromDocument(Served(NodeWithFile()), kThen);
  REQUIRE(report.ok());
  CHECK(report->node == "node-231");
  CHECK(report->read_at == kThen);
  CHECK(report->kernel.ok());
  CHECK(report->endpoint_status.ok());
  REQUIRE(report->addresses.size() == 2);
  CHECK(report->addresses[0].pod == "default/pod-1");
  CHECK(report->addresses[0].interface == "cali12ab34cd56e");
  CHECK(report->addresses[0].in_routes);
  CHECK(report->addresses[0].in_neighbors);
  CHECK(report->addresses[0].in_endpoint_status);
  CHECK(report->addresses[1].pod.empty());
  CHECK_FALSE(report->addresses[1].in_endpoint_status);
  CHECK(report->own_addresses.size() == 1);
  REQUIRE(report->local_blocks.has_value());
  CHECK(report->local_blocks->front().ToString() == "192.168.231.0/26");
}

TEST_CASE("what the agent could not read is unknown in the report") {
  Snapshot node = NodeWithFile();
  node.routes = absl::UnavailableError("netlink is gone");
  absl::StatusOr<NodeReport> report = NodeReportFromDocument(Served(node), kThen);
  CHECK(report->kernel.message() == "routes: netlink is gone");
  CHECK_FALSE(report->local_blocks.has_value());
  CHECK(report->addresses.size() == 2);
  node = HealthyNode();
  node.endpoints = absl::NotFoundError("none");
  report = NodeReportFromDocument(Served(node), kThen);
  CHECK(report->kernel.ok());
  CHECK(absl::IsNotFound(report->endpoint_status));
  const std::string cut = absl::StrReplaceAll(Served(NodeWithFile()), {{"\"unlisted\": 0", "\"unlisted\": 7"}});
  CHECK(absl::IsResourceExhausted(NodeReportFromDocument(cut, kThen)->kernel));
  CHECK_FALSE(NodeReportFromDocument(R"({"format": 1, "own_addresses": []})", kThen)->kernel.ok());
  CHECK_FALSE(NodeReportFromDocument(R"({"format": 1, "workloads": []})", kThen)->kernel.ok());
}

TEST_CASE("a document that is wrong is refused, and says where") {
  const std::string good = Served(NodeWithFile());
  const std::pair<const char*, const char*> damages[] = {{"\"format\": 1", "\"format\": 2"},
                                                         {"\"192.168.231.1\"", "\"192.168.231\""},
                                                         {"\"192.168.231.1\"", "null"},
                                                         {"\"192.168.231.1\"", "7"},
                                                         {"\"has_route\": true", "\"has_route\": []"},
                                                         {"\"192.168.231.0/26\"", "\"192.168.231.0/99\""},
                                                         {"\"node-231\"", "[]"},
                                                         {"\"unlisted\": 0", "\"unlisted\": \"no\""}};
  for (const auto& [part, damage] : damages) {
    INFO(damage);
    REQUIRE(absl::StrContains(good, part));
    CHECK(absl::IsInvalidArgument(NodeReportFromDocument(absl::StrReplaceAll(good, {{part, damage}}), kThen).status()));
  }
  for (size_t end = 0; end < good.size() - 2; end += 37)
    CHECK_FALSE(NodeReportFromDocument(good.substr(0, end), kThen).ok());
  CHECK_FALSE(NodeReportFromDocument(std::string(100'000, '['), kThen).ok());
  CHECK_FALSE(NodeReportFromDocument("[]", kThen).ok());
}

TEST_CASE("the addresses that pods have for sure are those with an interface and a route") {
  absl::StatusOr<std::vector<HeldAddress>> held = HeldAddressesFromDocument(Served(NodeWithFile()));
  REQUIRE(held.ok());
  REQUIRE(held->size() == 2);
  CHECK(held->front().address.ToString() == "192.168.231.1");
  CHECK(held->front().pod == "default/pod-1");
  CHECK(held->front().interface == "cali12ab34cd56e");
  CHECK(held->front().unchanged == absl::ZeroDuration());
  const std::string waiting =
      absl::StrReplaceAll(Served(NodeWithFile()), {{"\"has_route\": true", "\"has_route\": false"}});
  CHECK(HeldAddressesFromDocument(waiting)->empty());
  const std::string older =
      absl::StrReplaceAll(Served(NodeWithFile()), {{"\"unchanged_seconds\": 0.0", "\"unchanged_seconds\": 31.5"}});
  CHECK(HeldAddressesFromDocument(older)->front().unchanged == absl::Milliseconds(31'500));
  CHECK(absl::IsUnavailable(HeldAddressesFromDocument(R"({"format": 1})").status()));
  CHECK(absl::IsInvalidArgument(HeldAddressesFromDocument(R"({"format": 2, "workloads": []})").status()));
  CHECK(absl::IsInvalidArgument(HeldAddressesFromDocument(R"({"format": 1, "workloads": [7]})").status()));
}

}  // namespace
}  // namespace caliwatch
